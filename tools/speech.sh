#!/bin/sh
# Synthesise the bundled speech with espeak-ng and sox. Run once, by hand, when a
# sentence changes; the WAV files are kept in test-vectors/speech.
#
#   speech.sh DIRECTORY
set -eu
out=$1
for tool in espeak-ng sox; do
	command -v $tool >/dev/null || {
		echo "speech.sh: needs $tool (apt-get install espeak-ng sox)" >&2
		exit 1
	}
done
mkdir -p "$out"
raw=$(mktemp --suffix=.wav)
trap 'rm -f "$raw"' EXIT

# name, rate in Hz, espeak voice, sentence. Levels are set to -24 dBFS RMS,
# a normal speech level on a telephone line; silence at both ends is trimmed.
say() {
	espeak-ng -v "$3" -s 160 -w "$raw" "$4"
	rms=$(sox "$raw" -n stat 2>&1 | awk '/RMS.*amplitude/ { print $3 }')
	gain=$(awk -v r="$rms" 'BEGIN { print -24 - 20 * log(r) / log(10) }')
	sox -R "$raw" -r "$2" -b 16 -c 1 "$out/$1.wav" gain "$gain" \
		silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse \
		pad 0.02 0.02
}

say apology 8000 en-us+f3 "I am sorry. I can not continue this call right now. Please call again in a few minutes."
say farewell 8000 en-us+f3 "I am sorry. I have to end this call now. Thank you for calling."

agent=en-us+m3
say greeting 24000 $agent "Hello, this is Tandem. Please say something, and I will repeat it."
say goodbye 24000 $agent "Thank you for calling. Goodbye."
say you-pressed 24000 $agent "You pressed"
n=0
for word in zero one two three four five six seven eight nine; do
	say "digit-$n" 24000 $agent "$word"
	n=$((n + 1))
done
say digit-star 24000 $agent "star"
say digit-pound 24000 $agent "pound"

caller=en-gb+f4
say caller-question 8000 $caller "Good morning. I would like to know whether you are open on Saturday, and until what time."
say caller-interrupts 8000 $caller "Wait a moment, please. I have another question."
say caller-thanks 8000 $caller "Thank you very much, that is all."
