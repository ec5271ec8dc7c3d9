#include "ui/model/selection_preview.h"

#include "ui/model/text_format.h"

#include <QCoreApplication>

namespace crux::ui {

namespace {
struct SelectionWords {
    Q_DECLARE_TR_FUNCTIONS(SelectionWords)
};
} // namespace

Result<SelectionPreview> previewSelection(const store::Project& project,
                                          const store::TrajectoryQuery& query, DatasetId dataset,
                                          const SelectionRule& rule, const std::string& model) {
    CRUX_TRY(own, store::ownAnswers(project, query.filter, model, query.scoreSet));
    store::TrajectoryQuery narrowed = query;
    narrowed.filter = own.filter;
    CRUX_TRY(ids, store::trajectoryIds(project, narrowed));
    CRUX_TRY(answers, store::answersOf(project, ids));
    if (dataset)
        std::erase_if(answers, [&](const auto& answer) { return answer.datasetId != dataset; });
    SelectionPreview preview;
    preview.own = std::move(own);
    CRUX_TRY(onlyTests, store::onlyTestQuestions(project, answers));
    preview.onlyTests = onlyTests;
    preview.trajectories = static_cast<std::int64_t>(answers.size());
    for (std::size_t begin = 0; begin < answers.size();) {
        std::vector<GradedAnswer> graded;
        std::size_t end = begin;
        for (; end < answers.size() && answers[end].questionId == answers[begin].questionId; ++end)
            graded.push_back({answers[end].answer, answers[end].verdict});
        begin = end;
        ++preview.questions;
        const QuestionSelection chosen = selectAnswers(graded, rule);
        const std::size_t sizes[] = {chosen.positive.size(), chosen.negative.size(),
                                     chosen.pairs.size()};
        const std::string* reasons[] = {&chosen.noPositive, &chosen.noNegative, &chosen.noPair};
        for (std::size_t set = 0; set < 3; ++set) {
            preview.rows[set] += static_cast<std::int64_t>(sizes[set]);
            preview.kept[set] += sizes[set] > 0 ? 1 : 0;
            if (!reasons[set]->empty())
                ++preview.dropped[set][*reasons[set]];
        }
    }
    return preview;
}

QString ownAnswersLine(const SelectionPreview& preview) {
    if (!preview.own.model.empty())
        return SelectionWords::tr("Without what others than %1 wrote")
            .arg(QString::fromStdString(preview.own.model));
    return preview.own.fallback.empty()
               ? QString()
               : SelectionWords::tr("None of them is known to be written by %1: the paper trains "
                                    "on the model's own answers")
                     .arg(QString::fromStdString(preview.own.fallback));
}

QString testQuestionsLine(const SelectionPreview& preview) {
    return preview.onlyTests ? SelectionWords::tr("All questions are of a test split") : QString();
}

QString selectionReason(const std::string& reason) {
    if (reason == "no_right")
        return SelectionWords::tr("without a right answer");
    if (reason == "no_wrong")
        return SelectionWords::tr("without a wrong answer");
    if (reason == "no_answer_only")
        return SelectionWords::tr("without any answer");
    if (reason == "ungraded")
        return SelectionWords::tr("without a gold answer");
    return QString::fromStdString(reason);
}

QString selectionLine(const SelectionPreview& preview, SelectionPreview::Set set) {
    const QString names[] = {SelectionWords::tr("Positive data"),
                             SelectionWords::tr("Negative data"),
                             SelectionWords::tr("Preference pairs")};
    const auto at = static_cast<std::size_t>(set);
    QString line = SelectionWords::tr("%1: %2 rows, %3 questions kept")
                       .arg(names[at], text_format::integer(preview.rows[at]),
                            text_format::integer(preview.kept[at]));
    for (const char* reason : {"no_right", "no_wrong", "no_answer_only", "ungraded"})
        if (const auto found = preview.dropped[at].find(reason); found != preview.dropped[at].end())
            line += SelectionWords::tr("; %1 dropped %2")
                        .arg(text_format::integer(found->second), selectionReason(reason));
    return line;
}

} // namespace crux::ui
