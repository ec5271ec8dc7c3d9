// What the paper's rules of answer frequency would keep of the trajectories of a filter, counted
// without storing anything.
#pragma once

#include "core/spec/answer_selection.h"
#include "core/store/own_answers.h"
#include "core/store/repositories.h"

#include <QString>

#include <array>
#include <map>

namespace crux::ui {

struct SelectionPreview {
    enum Set { Positive, Negative, Pairs };
    std::int64_t trajectories = 0, questions = 0;
    store::OwnAnswers own; ///< whose they are
    bool onlyTests = false;
    std::array<std::int64_t, 3> kept{}, rows{};                 ///< questions and rows of each set
    std::array<std::map<std::string, std::int64_t>, 3> dropped; ///< reason -> questions
};

/// `dataset` none: all. `model`: whose answers, as the select job understands it.
Result<SelectionPreview> previewSelection(const store::Project& project,
                                          const store::TrajectoryQuery& query, DatasetId dataset,
                                          const SelectionRule& rule, const std::string& model);

/// "Preference pairs: 212 rows, 212 questions kept; 38 dropped without a wrong answer".
QString selectionLine(const SelectionPreview& preview, SelectionPreview::Set set);
/// What to know of whose answers these are, and of test questions; "" where there is nothing.
QString ownAnswersLine(const SelectionPreview& preview);
QString testQuestionsLine(const SelectionPreview& preview);
/// "without a right answer" for a reason that questions were dropped for.
QString selectionReason(const std::string& reason);

} // namespace crux::ui
