#include "ui/dialogs/context_check.h"

#include "ui/widgets/format.h"

#include <QCoreApplication>

namespace crux::ui {

namespace {
struct ContextCheck {
    Q_DECLARE_TR_FUNCTIONS(ContextCheck)
};
} // namespace

CheckLine contextLine(std::int64_t prompt, std::int64_t newTokens, std::int64_t context) {
    const QString tokens = format::integer(prompt), room = format::integer(context);
    if (context <= 0)
        return {Severity::Information, ContextCheck::tr("The longest prompt has %1 tokens; the "
                                                        "model does not name its context")
                                           .arg(tokens)};
    if (prompt >= context)
        return {Severity::Error, ContextCheck::tr("The longest prompt has %1 tokens, the model's "
                                                  "context only %2: nothing fits after it")
                                     .arg(tokens, room)};
    if (prompt + newTokens > context)
        return {
            Severity::Warning,
            ContextCheck::tr("After the longest prompt, of %1 tokens, only %2 of %3 new tokens "
                             "fit into the model's context of %4; longer answers are cut there")
                .arg(tokens, format::integer(context - prompt), format::integer(newTokens), room)};
    return {Severity::Passed, ContextCheck::tr("The longest prompt, of %1 tokens, and %2 new ones "
                                               "fit into the model's context of %3")
                                  .arg(tokens, format::integer(newTokens), room)};
}

} // namespace crux::ui
