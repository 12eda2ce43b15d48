\b[A-Z][a-z]+ [A-Z][a-z]+\b
(?:the|an?) (\w+) (?:of|in) (?:the|an?) (\w+)
pcre2_[a-z_]+\(\)
\b(\d{1,2}) (January|February|March|April|May|June|July|August|September|October|November|December) (\d{4})
[^\s]+@[^\s]+\.[a-z]{2,}
^\s*-{1,2}[a-z][-a-z]*=?\w*
(?i)\bif\b.*\bthen\b|\beither\b.*\bor\b
\w*tion\b.*?\w*ing\b
