// The reason codes of verdicts and what they mean, for the command line's help and the window.
#include "core/text/grade.h"

namespace crux::text {

const std::vector<ReasonMeaning>& gradeReasons() {
    static const std::vector<ReasonMeaning> reasons{
        {"string", "right", "math: the same text once LaTeX that only sets type is taken off"},
        {"text", "right", "math: the same words or the same choice"},
        {"exact", "right",
         "written as the gold answer (gsm8k), or equal by exact arithmetic (math)"},
        {"sampled", "right", "math: equal at random complex points, to 9 digits"},
        {"numeric", "right",
         "another way to write the same number (18.0, $18, 36/2); authors: within 1e-4"},
        {"percent", "right", "equal after reading a percent sign; authors: a factor of 100"},
        {"strict", "right", "minerva, gsm8k: by lm-eval's strict and flexible filters alike"},
        {"flexible_only", "right", "minerva, gsm8k: by the flexible filter alone"},
        {"strict_only", "wrong", "minerva, gsm8k: by the flexible filter, which decides"},
        {"different", "wrong", "another value"},
        {"different_text", "wrong", "not the same text, and not both numbers"},
        {"undecided", "wrong", "math: too large or too close to tell within the budget of work"},
        {"unparsed", "wrong", "math: not readable as mathematics, and not the same text"},
        {"gold_not_a_number", "wrong", "gsm8k: the gold answer cannot be compared as a number"},
        {"no_answer", "no answer", "nothing to extract"},
        {"ambiguous", "no answer", "several answers stand there, some right and some wrong"},
        {"no_gold", "ungraded", "the question has no gold answer"},
        {"user", "as set", "the verdict was set by hand"},
        {"user_CODE", "as graded", "the place of the answer was set by hand; CODE is one of these"},
        {"published", "as labelled", "the label that came with an import stands"},
        {"partial", "ungraded", "the response was imported only up to some token"},
    };
    return reasons;
}

} // namespace crux::text
