#include "tools/call/caller_ear.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/level.h"

#define BLOCK_MS (CALLER_EAR_BLOCK / 8)

void caller_ear_init(struct caller_ear *e)
{
	memset(e, 0, sizeof(*e));
	e->last_loud_sample = CALLER_EAR_NONE;
}

size_t caller_ear_edge(const int16_t *pcm, size_t n, bool is_last)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = is_last ? n - 1 - i : i;

		if (abs(pcm[at]) >= CALLER_EAR_LOUD_SAMPLE)
			return at;
	}
	return n;
}

bool caller_ear_end(struct caller_ear *e)
{
	bool was_speech = e->is_speech;

	e->ends += was_speech;
	e->is_speech = false;
	e->candidate_blocks = 0;
	return was_speech;
}

static void take_loud(struct caller_ear *e, uint64_t begin)
{
	size_t first = caller_ear_edge(e->block, CALLER_EAR_BLOCK, false);
	size_t last = caller_ear_edge(e->block, CALLER_EAR_BLOCK, true);

	if (e->candidate_blocks == 0)
		e->candidate = begin + first;
	e->candidate_blocks++;
	e->quiet_blocks = 0;
	e->last_loud_sample = begin + last;
	e->loud_samples += CALLER_EAR_BLOCK;
	if (e->is_speech ||
	    e->candidate_blocks * BLOCK_MS < CALLER_EAR_ONSET_MS)
		return;
	e->is_speech = true;
	e->starts++;
	e->start_sample = e->candidate;
}

static void take_quiet(struct caller_ear *e)
{
	e->quiet_blocks++;
	/* A consonant's closure does not end a stretch; 50 ms do. */
	if (!e->is_speech && e->quiet_blocks * BLOCK_MS >= 50)
		e->candidate_blocks = 0;
	if (!e->is_speech || e->quiet_blocks * BLOCK_MS < CALLER_EAR_HANG_MS)
		return;
	e->is_speech = false;
	e->candidate_blocks = 0;
	e->ends++;
}

static void take_block(struct caller_ear *e)
{
	if (level_dbm0(e->block, CALLER_EAR_BLOCK) >= CALLER_EAR_LOUD_DBM0)
		take_loud(e, e->at - CALLER_EAR_BLOCK);
	else
		take_quiet(e);
	e->filled = 0;
}

void caller_ear_hear(struct caller_ear *e, const int16_t *pcm, size_t n)
{
	while (n) {
		size_t take = CALLER_EAR_BLOCK - e->filled;

		if (take > n)
			take = n;
		memcpy(e->block + e->filled, pcm, take * sizeof(*pcm));
		e->filled += take;
		e->at += take;
		pcm += take;
		n -= take;
		if (e->filled == CALLER_EAR_BLOCK)
			take_block(e);
	}
}
