#include "ui/widgets/verdict_reason.h"

#include <QCoreApplication>

#include <map>

namespace crux::ui {

namespace {

/// Shorter than the command line's: they stand behind the extracted answer.
const std::map<std::string, const char*>& wordsByCode() {
    static const std::map<std::string, const char*> words{
        {"string", QT_TRANSLATE_NOOP("VerdictReason", "same text")},
        {"text", QT_TRANSLATE_NOOP("VerdictReason", "same words")},
        {"exact", QT_TRANSLATE_NOOP("VerdictReason", "equal exactly")},
        {"sampled", QT_TRANSLATE_NOOP("VerdictReason", "equal at sampled points")},
        {"numeric", QT_TRANSLATE_NOOP("VerdictReason", "same number")},
        {"percent", QT_TRANSLATE_NOOP("VerdictReason", "equal as a percentage")},
        {"strict", QT_TRANSLATE_NOOP("VerdictReason", "strict and flexible filters agree")},
        {"flexible_only", QT_TRANSLATE_NOOP("VerdictReason", "flexible filter alone")},
        {"strict_only", QT_TRANSLATE_NOOP("VerdictReason", "strict filter alone found it right")},
        {"different", QT_TRANSLATE_NOOP("VerdictReason", "another value")},
        {"different_text", QT_TRANSLATE_NOOP("VerdictReason", "another text")},
        {"undecided", QT_TRANSLATE_NOOP("VerdictReason", "too close to decide")},
        {"unparsed", QT_TRANSLATE_NOOP("VerdictReason", "not readable as mathematics")},
        {"gold_not_a_number", QT_TRANSLATE_NOOP("VerdictReason", "the gold answer is no number")},
        {"no_answer", QT_TRANSLATE_NOOP("VerdictReason", "nothing to extract")},
        {"ambiguous", QT_TRANSLATE_NOOP("VerdictReason", "which one counts is not said")},
        {"no_gold", QT_TRANSLATE_NOOP("VerdictReason", "the question has no gold answer")},
        {"published", QT_TRANSLATE_NOOP("VerdictReason", "label of the import")},
        {"partial", QT_TRANSLATE_NOOP("VerdictReason", "imported only up to some token")},
    };
    return words;
}

} // namespace

QString verdictReasonWords(const std::string& code) {
    const auto found = wordsByCode().find(code);
    return found == wordsByCode().end()
               ? QString::fromStdString(code)
               : QCoreApplication::translate("VerdictReason", found->second);
}

} // namespace crux::ui
