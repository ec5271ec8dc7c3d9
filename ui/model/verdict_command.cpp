#include "ui/model/verdict_command.h"

#include "core/store/gold_answers.h"
#include "core/store/repositories.h"
#include "core/text/grade.h"
#include "ui/model/session.h"

#include <QCoreApplication>
#include <QUndoStack>

#include <algorithm>

namespace crux::ui {

namespace {

struct VerdictWords {
    Q_DECLARE_TR_FUNCTIONS(VerdictWords)
};

constexpr std::string_view kByHand = "user";

text::Grade gradeOf(const store::TrajectoryRecord& record) {
    return {record.verdict,      record.extracted,     record.extractedBegin,
            record.extractedEnd, record.verdictReason, record.answerSpans};
}

class VerdictCommand : public QUndoCommand {
public:
    VerdictCommand(Session& session, const store::TrajectoryRecord& record, text::Grade after)
        : QUndoCommand(VerdictWords::tr("verdict"))
        , m_session(session)
        , m_trajectory(record.id)
        , m_before(gradeOf(record))
        , m_after(std::move(after)) {}
    void undo() override { apply(m_before); }
    void redo() override { apply(m_after); }

private:
    void apply(const text::Grade& grade) {
        m_session.write(nullptr, [id = m_trajectory, grade](const store::Project& project) {
            return store::setVerdict(project, id, grade.verdict, grade.reason, grade.extracted,
                                     grade.extractedBegin, grade.extractedEnd, grade.spans);
        });
    }

    Session& m_session;
    TrajectoryId m_trajectory;
    text::Grade m_before, m_after;
};

text::GradeTask taskOf(const Session& session, DatasetId id) {
    for (const auto& dataset : session.facts().datasets)
        if (dataset.id == id)
            return text::gradeTaskFor(dataset.promptTemplate, dataset.kind);
    return text::GradeTask::Gsm8k;
}

} // namespace

QString whyNoVerdict(const Session& session) {
    return !session.isOpen()      ? VerdictWords::tr("No project is open.")
           : session.readOnly()   ? VerdictWords::tr("The project is open for reading only.")
           : !session.current()   ? VerdictWords::tr("No trajectory is open.")
           : session.paneIsLive() ? VerdictWords::tr("The branch is being written.")
                                  : QString();
}

bool isByHand(const TrajectorySnapshot& snapshot) {
    return snapshot.record.verdictReason.starts_with(kByHand);
}

void setVerdictByHand(Session& session, Verdict verdict) {
    if (!whyNoVerdict(session).isEmpty())
        return;
    const auto& record = session.current()->record;
    text::Grade grade = gradeOf(record);
    grade.verdict = verdict;
    grade.reason = kByHand;
    session.undoStack().push(new VerdictCommand(session, record, std::move(grade)));
}

void useAsAnswer(Session& session, int first, int last) {
    if (!whyNoVerdict(session).isEmpty())
        return;
    const SnapshotPtr current = session.current();
    const auto& record = current->record;
    const int count = static_cast<int>(current->tokens.size());
    first = std::max(first, record.promptTokens);
    if (first > last || last >= count)
        return;
    const auto prompt = static_cast<std::int32_t>(record.prompt.size());
    std::int32_t begin = current->tokens[static_cast<std::size_t>(first)].byteBegin - prompt;
    std::int32_t end = current->tokens[static_cast<std::size_t>(last)].byteEnd - prompt;
    const auto blank = [&](std::int32_t at) {
        return std::string_view(" \t\r\n").find(record.response[static_cast<std::size_t>(at)]) !=
               std::string_view::npos;
    };
    begin = std::max(begin, 0);
    end = std::min(end, static_cast<std::int32_t>(record.response.size()));
    while (begin < end && blank(begin))
        ++begin;
    while (begin < end && blank(end - 1))
        --end;
    if (begin >= end)
        return;
    const std::string answer = record.response.substr(static_cast<std::size_t>(begin),
                                                      static_cast<std::size_t>(end - begin));
    text::Grade grade = text::gradeAnswer(taskOf(session, record.datasetId), answer,
                                          store::goldAnswers(current->question));
    if (grade.extracted.empty())
        grade.extracted = answer;
    grade.extractedBegin = begin;
    grade.extractedEnd = end;
    grade.reason = std::string(kByHand) + "_" + grade.reason;
    session.undoStack().push(new VerdictCommand(session, record, std::move(grade)));
}

void gradeAgain(Session& session) {
    if (!whyNoVerdict(session).isEmpty())
        return;
    const SnapshotPtr current = session.current();
    const auto& record = current->record;
    text::Grade grade = text::gradeAny(taskOf(session, record.datasetId), text::GradeProfile::Crux,
                                       record.response, store::goldAnswers(current->question));
    session.undoStack().push(new VerdictCommand(session, record, std::move(grade)));
}

} // namespace crux::ui
