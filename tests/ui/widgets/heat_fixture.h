// A small scored trajectory made by hand for the tests of the heat map: eight steps of a word
// problem with one slip. Numbers are made up; nothing here is a result.
#pragma once

#include "ui/model/trajectory_snapshot.h"
#include "ui/widgets/heat_data.h"

#include <QRegularExpression>

#include <cmath>
#include <limits>
#include <memory>

namespace crux::test {

/// Cuts text into tokens at blanks (kept in front) and around line ends and full stops.
inline std::vector<QString> cutTokens(const QString& text) {
    static const QRegularExpression piece(QStringLiteral(" ?[A-Za-z0-9#]+| ?[^A-Za-z0-9\\s#]|\\s"));
    std::vector<QString> out;
    for (auto it = piece.globalMatch(text); it.hasNext();)
        out.push_back(it.next().captured());
    return out;
}

/// Scores of token number i: calm, with a few warm ones; deterministic.
inline float fixtureScore(int i) {
    const double wave = std::abs(std::sin(i * 12.9898) * 43758.5453);
    const double u = wave - std::floor(wave);
    return static_cast<float>(u > 0.86 ? u * u * 0.7 : 0.88 + 0.12 * u);
}

inline void appendToken(ui::TrajectorySnapshot& s, const QString& text, int step,
                        bool special = false) {
    ui::TokenCell cell;
    cell.id = static_cast<std::int32_t>(1000 + qHash(text, 7) % 40000);
    cell.text = text;
    cell.special = special;
    cell.step = step;
    const int at = static_cast<int>(s.tokens.size());
    s.tokens.push_back(cell);
    while (step >= static_cast<int>(s.steps.size())) // a step without tokens stays empty
        s.steps.push_back({at, at - 1});
    s.steps[static_cast<std::size_t>(step)].last = at;
}

inline void appendScores(ui::TrajectorySnapshot& s) {
    auto& scores = s.scores;
    for (int i = static_cast<int>(scores.s.size()); i < static_cast<int>(s.tokens.size()); ++i) {
        const bool response = i >= s.record.promptTokens;
        const float value = response ? fixtureScore(i) : std::numeric_limits<float>::quiet_NaN();
        scores.s.push_back(value);
        scores.pPositive.push_back(response ? 0.2F + 0.7F * value : -1);
        scores.pNegative.push_back(response ? 0.9F - 0.6F * value : -1);
        scores.logpPolicy.push_back(response ? std::log(0.2F + 0.7F * value) : NAN);
        scores.entropyPolicy.push_back(response ? 2.0F * (1 - value) : -1);
        scores.rankPositive.push_back(response ? 1 : -1);
        scores.rankNegative.push_back(response ? 2 : -1);
    }
}

/// "A tutor charges ..."; `slip` replaces the token before " 4 * $20"; forks at it when asked.
inline std::shared_ptr<ui::TrajectorySnapshot>
tutorSnapshot(const QString& slip = QStringLiteral(" owed")) {
    auto s = std::make_shared<ui::TrajectorySnapshot>();
    s->record.id = TrajectoryId{2117};
    s->record.rootId = s->record.id;
    s->record.source = Source::Sampled;
    s->record.verdict = Verdict::Wrong;
    s->record.extracted = "290";
    s->record.sourceModel = "Llama-3.2-3B + sft-r8";
    s->record.sampleIndex = 16;
    s->question.text =
        "A tutor charges $20 for a lesson and $5 for a set of worksheets. In May one "
        "family took 9 lessons and 6 sets of worksheets. On the 15th the family paid "
        "for the first 4 lessons. How many dollars does the family still have to pay "
        "for May?";
    s->question.gold = "130";
    s->question.externalId = "641";
    s->datasetName = QStringLiteral("gsm8k-train");
    s->scoreSet.id = ScoreSetId{1};
    s->scoreSet.name = "pos-r8 / neg-r8";
    s->threshold = 0.05;
    appendToken(*s, QStringLiteral("<|begin_of_text|>"), 0, true);
    for (const QString& t : cutTokens(QString::fromStdString(s->question.text)))
        appendToken(*s, t, 0);
    s->record.promptTokens = static_cast<std::int32_t>(s->tokens.size());
    const QStringList lines{
        QStringLiteral("First find what the family buys in May.\n"),
        QStringLiteral("The tutor gives 9 lessons, so the lessons cost 9 * $20 = $180.\n"),
        QStringLiteral("The 6 sets of worksheets cost 6 * $5 = $30.\n"),
        QStringLiteral("Together the bill for May comes to $180 + $30 = $210.\n"),
        QStringLiteral("By the 15th the tutor") + slip +
            QStringLiteral(" 4 * $20 = $80 for the first lessons.\n"),
        QStringLiteral("Adding this to the bill, the family still has to pay $210 + $80, so the "
                       "amount still due is $290.\n"),
        QStringLiteral("So the family still has to pay 290 dollars for May.\n"),
        QStringLiteral("#### 290")};
    for (int step = 1; step <= lines.size(); ++step)
        for (const QString& t : cutTokens(lines[step - 1]))
            appendToken(*s, t, step);
    const int answer = static_cast<int>(s->tokens.size()) - 1;
    s->answers = {{answer, answer}};
    appendToken(*s, QStringLiteral("<|end_of_text|>"), 8, true);
    appendScores(*s);
    int slipAt = -1;
    for (int i = s->record.promptTokens; i < static_cast<int>(s->tokens.size()); ++i) {
        const QString& text = s->tokens[static_cast<std::size_t>(i)].text;
        if (text == QLatin1String(" bill") && s->candidates.empty()) {
            s->scores.s[static_cast<std::size_t>(i)] = 0.031F;
            s->candidates.push_back(i);
        }
        if (text == slip)
            slipAt = i;
    }
    s->scores.s[static_cast<std::size_t>(slipAt)] = 0.0014F;
    s->candidates.push_back(slipAt);
    s->forks = {{slipAt, 3}};
    store::LabelRecord label;
    label.position = slipAt;
    label.kind = "agree";
    s->labels.push_back(label);
    return s;
}

/// Position of the first token with this text, -1 none.
inline int find(const ui::TrajectorySnapshot& s, const QString& text) {
    for (int i = 0; i < static_cast<int>(s.tokens.size()); ++i)
        if (s.tokens[static_cast<std::size_t>(i)].text == text)
            return i;
    return -1;
}

inline ui::HeatDataPtr heat(ui::SnapshotPtr snapshot, ui::ThemeName theme = ui::ThemeName::Light) {
    ui::HeatOptions options;
    options.theme = theme;
    return std::make_shared<const ui::HeatData>(std::move(snapshot), options);
}

} // namespace crux::test
