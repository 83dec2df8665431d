/* The figures of one call, and of many. Pure. */
#ifndef TOOLS_CALL_CALLER_FIGURES_H
#define TOOLS_CALL_CALLER_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

/* name (as in JSON and in a scenario's expect), what it is. */
#define CALLER_FIGURES(X)                                                      \
	X(http_status, "status of the voice webhook's answer")                 \
	X(upgrade_status, "status of the answer to the WebSocket upgrade")     \
	X(replay_status, "status when the media URL is opened again")          \
	X(close_code, "WebSocket close code")                                  \
	X(twilio_code, "how Twilio would report the stream's end")             \
	X(webhook_ms, "request sent to TwiML received")                        \
	X(upgrade_ms, "media URL opened to 101 received")                      \
	X(first_media_ms, "start sent to first media received")                \
	X(first_sound_ms, "start sent to first sound heard")                   \
	X(answer_ms, "caller stops to first sound of the reply, worst")        \
	X(heard_ms, "sound heard in all")                                      \
	X(utterances, "utterances heard")                                      \
	X(gaps, "the buffer ran dry inside an utterance")                      \
	X(gap_ms, "their length in all")                                       \
	X(gap_longest_ms, "the longest")                                       \
	X(clicks, "jumps where messages or silence meet")                      \
	X(late_ms, "audio of a reply already interrupted")                     \
	X(barge_ins, "interruptions")                                          \
	X(barge_ins_heeded, "of them answered by a clear")                     \
	X(reaction_ms, "caller's first sound to the clear, worst")             \
	X(clears, "clear messages received")                                   \
	X(truncations, "clears paired with the model's truncation")            \
	X(truncation_error_ms, "heard against what the model believes, worst") \
	X(unmatched, "clears without a truncation")                            \
	X(lost_ms, "model audio that never arrived, or was added")             \
	X(echo_snr_db, "segmental SNR of a repeated utterance, worst")         \
	X(exact_ms, "speech repeated bit for bit")                             \
	X(inexact_samples, "of repeated speech: differing or missing")         \
	X(cut_ms, "audio not yet played when the far end hung up")             \
	X(breaches, "protocol breaches of the far end")                        \
	X(callbacks_failed, "status callbacks not answered with 2xx")          \
	X(media, "media messages received")                                    \
	X(marks, "mark messages received")                                     \
	X(marks_flushed, "of them cleared before they were reached")           \
	X(buffer_ms_max, "most audio waiting to be played: sent ahead")        \
	X(frames, "media messages sent")                                       \
	X(schedule_late_ms, "own frames behind their schedule, worst")         \
	X(accept_ms, "session.initiate to session.accepted")                   \
	X(answered_ms, "start to the first sample played")                     \
	X(reply_ms, "userStream.start or stop to its answer, worst")           \
	X(play_streams, "play streams received")                               \
	X(ignored_chunks, "chunks of a stream already interrupted")            \
	X(last_chunk_ms, "interruption to the last such chunk, worst")         \
	X(aborts, "abortPrompts received")                                     \
	X(withheld_ms, "caller's audio withheld while the far end spoke")      \
	X(resumes, "sessions resumed on another socket")                       \
	X(resume_ms, "session.resume to session.accepted, worst")              \
	X(resume_audio_ms, "session.resume to the audio that went on, worst")  \
	X(drops, "sockets the network took")                                   \
	X(dropped_ms, "caller's audio the network took")                       \
	X(duration_ms, "stream start to its end")

enum caller_figure {
#define CALLER_FIGURE_ENUM(name, what) CALLER_FIGURE_##name,
	CALLER_FIGURES(CALLER_FIGURE_ENUM)
#undef CALLER_FIGURE_ENUM
		CALLER_FIGURE_COUNT
};

/* Of one call. NAN where there is nothing to tell. */
struct caller_figures {
	double value[CALLER_FIGURE_COUNT];
};

const char *caller_figures_name(enum caller_figure f);
const char *caller_figures_what(enum caller_figure f);
void caller_figures_init(struct caller_figures *f);

/* A range of allowed values. */
struct caller_range {
	double min;
	double max;
};

/* caller_figures_range: "7" (exactly), "3..9", "..9" or "3..".
 * Returns 0 or -EINVAL. */
int caller_figures_range(struct caller_range *r, const char *text);

/* Over many calls. */
struct caller_spread {
	size_t count;
	double p50;
	double p95;
	double p99;
	double max;
	double sum;
};

/* caller_figures_spread: of one figure over n calls; NANs are left out. The
 * percentiles are the nearest ranks. values is sorted in place. */
struct caller_spread caller_figures_spread(double *values, size_t n);

#endif
