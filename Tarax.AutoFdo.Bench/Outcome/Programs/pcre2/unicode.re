\p{Lu}\p{Ll}+(?:\s+\p{Lu}\p{Ll}+)+
(?i)\bстрока\b|ΣΊΣΥΦΟΣ|straße
[\p{Greek}\p{Cyrillic}]{4,}\X?
(?<=[^\p{L}])\p{Nd}+(?:[.,]\p{Nd}+)?(?!\p{L})
(\p{L})\p{L}*\1\b
[^\x{00}-\x{7f}]{3,}(?=\R?$)
