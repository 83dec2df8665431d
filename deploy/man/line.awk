# For keys.awk and options.awk, each of which has a roff() of its own.

# A sentence a line, as mdoc wants it; none that looks like a request.
function line(text)
{
	text = roff(text)
	while (match(text, /[a-z0-9)][.] +[A-Z0-9]/)) {
		print substr(text, 1, RSTART + 1)
		text = substr(text, RSTART + RLENGTH - 1)
	}
	print (text ~ /^[.']/) ? "\\&" text : text
}
