// JSON-RPC 2.0 between window and worker, one object a line. Words only; transport lives in
// app/worker (server) and ui/model/worker_client (client).
//
// First call: hello {protocol} -> {protocol, version, pid, device, dtype, threads, memory_bytes}.
// Partial results are notifications `progress {id, ..}` where id is the request's; then one reply.
// Every request ends in exactly one final reply. Notifications without a request: `jobs_changed
// {}`, `log {level, text}`, `model_state {state, name, device, dtype, bytes}`.
//
//  ping          {} -> {}
//  open_project  {path} -> {}            must precede the calls below
//  load          {model_id, adapter_ids:[..]} -> {device, dtype, bytes}           progress
//  {fraction, text} alternatives  {trajectory_id, position, top_k, score_set_id?, append_ids?} ->
//                {position, original_id, rows:[{id, piece, p, p_positive, p_negative, s, rank}],
//                score_set_id}
//                append_ids: what follows the prefix's first `position` tokens and these
//  next_tokens   {trajectory_id, position, ..} as alternatives but for an unscored prefix
//  tokenize      {tokenizer_model_id, text} -> {ids, pieces}
//  continue      {trajectory_id, position, force_ids:[..] | force_text, ban_ids:[..], continue:
//  bool,
//                 sampling:{..}, score_set_id?, model_id?, adapter_id?} ->
//                {branches:[{branch_id, trajectory_id, finish_reason, verdict, extracted}]}
//                progress {sample, trajectory_id?, ids:[..], pieces:[..]} per batch of new tokens
//                (<= 30/s) progress {sample, trajectory_id, scored: true} when its scores are
//                stored
//  reproduce     {trajectory_id} of a branch -> {branch, same, drawn, equal, differs_at, stored_id,
//                made_id, dtype, device, recorded_dtype, recorded_device, recorded_version,
//                other_weights}              draws it again from its record; stores nothing
//  cancel        {id} -> {cancelled: bool}     the cancelled request still gets its own final reply
//  run_jobs      {} -> {}                      look at the queue now
//  run_job       {job_id} -> {}                this queued job ahead of the queue, between the
//                                              steps of what runs; its row tells the rest
//  job_cancel    {job_id} -> {}
//  estimate_search {spec} -> {trajectories, probed, refused, refusal, rollouts, tokens,
//                tokens_per_second, seconds, every_prefix:{rollouts, tokens}}
//  preview_training {spec} -> what the job would train on, see core/jobs/train_preview.h
//  probe_training {spec, steps?} -> what it would take, see core/jobs/train_probe.h; progress {step,
//                steps}; cancelled between micro-batches
//  shutdown      {mode: "finish" | "checkpoint" | "cancel"} -> {}
#pragma once

#include "core/base/json.h"

#include <string>
#include <string_view>

namespace crux::protocol {

inline constexpr int kVersion = 1;

// JSON-RPC error codes; `data` carries {code: errorCodeName, where, detail}.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kFailed = -32000;

Json request(std::int64_t id, std::string_view method, Json params);
Json reply(const Json& id, Json result);
Json errorReply(const Json& id, int code, const Error& error);
Json notification(std::string_view method, Json params);
/// The Error inside an error reply.
Error errorFromReply(const Json& errorObject);

} // namespace crux::protocol
