// Verdicts by hand, for what no rule can read (UX.md 3.12: extraction ambiguous): the verdict
// itself, or where the answer stands. Both are recorded as the user's and taken back by Ctrl+Z.
#pragma once

#include "core/spec/verdict.h"

#include <QString>

namespace crux::ui {

class Session;
struct TrajectorySnapshot;

/// Of Session::current(); reason "user".
void setVerdictByHand(Session& session, Verdict verdict);
/// Tokens first..last (absolute) are the answer: it is compared with the gold one by the grader;
/// reason "user_CODE".
void useAsAnswer(Session& session, int first, int last);
/// What the grader itself says of the response.
void gradeAgain(Session& session);
/// Why none of them is possible; empty: they are.
QString whyNoVerdict(const Session& session);
/// The user's, not the grader's.
bool isByHand(const TrajectorySnapshot& snapshot);

} // namespace crux::ui
