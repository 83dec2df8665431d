# The option list of a manual page (mdoc), from what a program says of itself:
#
#   awk -v help=FILE -f line.awk -f options.awk PAGE
#
# FILE is the output of PROGRAM --help; its list replaces the line .\" OPTIONS
# of PAGE. Usage and the paragraph below it are left to the page.
function roff(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/"/, "\\(dq", text)
	return text
}

function begin_list()
{
	if (!in_list)
		print ".Bl -tag -width Ds"
	in_list = 1
}

function end_list()
{
	if (in_list)
		print ".El"
	in_list = 0
}

# Two spaces part an option from its meaning; where it is too long for that,
# the column of the one above does.
function option(text,    at)
{
	at = match(substr(text, 7), /  +/)
	if (at) {
		column = at + RLENGTH + 6
		at += 6
	} else if (substr(text, column - 1, 1) == " ") {
		at = column - 1
	} else {
		at = length(text) + 1
	}
	begin_list()
	name = substr(text, 1, at - 1)
	sub(/^ +/, "", name)
	print ".It Sy \"" roff(name) "\""
	text = substr(text, at)
	sub(/^ +/, "", text)
	if (text != "")
		line(text)
}

function options(    text, is_usage)
{
	is_usage = 1
	while ((getline text < help) > 0) {
		if (text == "") {
			is_usage = 0
			paragraph = 1
		} else if (is_usage) {
			continue
		} else if (text ~ /^ +-/) {
			option(text)
		} else if (text ~ /^ /) {
			sub(/^ +/, "", text)
			line(text)
		} else if (paragraph && text ~ /^[A-Z][A-Za-z ]*$/) {
			end_list()
			print ".Ss " text
			paragraph = 0
		} else {
			end_list()
			if (paragraph)
				print ".Pp"
			paragraph = 0
			line(text)
		}
	}
	end_list()
}

/^\.\\" OPTIONS$/ { options(); next }
{ print }
