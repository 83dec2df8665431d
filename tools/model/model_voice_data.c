#include "tools/model/model_voice_data.h"

#include <stddef.h>

/* The assembler copies the file in; paths are from the root of the tree. */
#define BUNDLE(symbol, file)                                     \
	__asm__(".section .rodata\n"                             \
		".balign 16\n"                                   \
		"voice_" #symbol ":\n"                           \
		".incbin \"test-vectors/speech/" file ".wav\"\n" \
		"voice_" #symbol "_end:\n"                       \
		".byte 0\n"                                      \
		".previous\n");                                  \
	extern const uint8_t voice_##symbol[]                    \
		__attribute__((visibility("hidden")));           \
	extern const uint8_t voice_##symbol##_end[]              \
		__attribute__((visibility("hidden")))

BUNDLE(greeting, "greeting");
BUNDLE(goodbye, "goodbye");
BUNDLE(you_pressed, "you-pressed");
BUNDLE(digit_0, "digit-0");
BUNDLE(digit_1, "digit-1");
BUNDLE(digit_2, "digit-2");
BUNDLE(digit_3, "digit-3");
BUNDLE(digit_4, "digit-4");
BUNDLE(digit_5, "digit-5");
BUNDLE(digit_6, "digit-6");
BUNDLE(digit_7, "digit-7");
BUNDLE(digit_8, "digit-8");
BUNDLE(digit_9, "digit-9");
BUNDLE(digit_star, "digit-star");
BUNDLE(digit_pound, "digit-pound");

#define ROW(name, words, symbol)                                  \
	{                                                         \
		name, words, voice_##symbol, voice_##symbol##_end \
	}

const struct model_voice_data model_voice_data[] = {
	ROW("greeting",
	    "Hello, this is Tandem. Please say something, and I will repeat "
	    "it.",
	    greeting),
	ROW("goodbye", "Thank you for calling. Goodbye.", goodbye),
	ROW("you-pressed", "You pressed", you_pressed),
	ROW("digit-0", "zero", digit_0),
	ROW("digit-1", "one", digit_1),
	ROW("digit-2", "two", digit_2),
	ROW("digit-3", "three", digit_3),
	ROW("digit-4", "four", digit_4),
	ROW("digit-5", "five", digit_5),
	ROW("digit-6", "six", digit_6),
	ROW("digit-7", "seven", digit_7),
	ROW("digit-8", "eight", digit_8),
	ROW("digit-9", "nine", digit_9),
	ROW("digit-star", "star", digit_star),
	ROW("digit-pound", "pound", digit_pound),
	{ NULL, NULL, NULL, NULL },
};
