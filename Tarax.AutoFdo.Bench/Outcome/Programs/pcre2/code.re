\b(\w+)\b.*\b\1\b.*\b\1\b
(?<!\w)(?:0x[0-9a-fA-F]+|\d++)[uUlL]*+(?=\s*[;,)])
\b(?:static|const|unsigned)\s+(?<type>\w+)\s*\*+\s*(?<name>\w+)
(\((?:[^()]++|(?1))*\))\s*\{?$
^(?=.*\bif\b)(?!.*\belse\b)(?:[^"]|"(?:[^"\\]|\\.)*")*$
(?|case (\w+):|goto (\w+);|return (\w+);)
