/* search_knowledge: the model looks something up in the agent's files.
 *
 *   {query}  ->  {"results":[{"text":"…","source":"faq.md > Prices"}]}
 *
 * Nothing found: {"results":[],"note":"…"}, which says so. The search runs off
 * the loop (knowledge.h) and ends with the call. */
#ifndef GATEWAY_AGENTS_KNOWLEDGE_TOOL_H
#define GATEWAY_AGENTS_KNOWLEDGE_TOOL_H

#include "gateway/agents/tool_run.h"

extern const struct tool_kind knowledge_tool;

#endif
