\b[a-z_]+::[A-Z]\w+\(
//.*\b(?:the|this)\b.*\.
[0-9]+|0x[0-9a-f]+
"(?:[^"\\\n]|\\.)*"
(?:if|while|for) \([^()]*(?:\([^()]*\)[^()]*)*\)
\pL+_\pL+_?\pL*
[^\x00-\x7f]|[α-ω]{2,}|\p{Han}
(?:int|bool|char|void)\s*\*?\s*[a-z]{1,12}
(?m)^ {2,8}(?:return|case|break)\b[^\n]*;$
