// A small project for tests of the models: two questions, a right and two wrong trajectories, one
// scored set, and helpers to wait for the session.
#pragma once

#include "core/store/repositories.h"
#include "ui/model/session.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

namespace crux::test {

/// Text "ab cd ef..." with one token a word; ids count from 10.
inline store::TrajectoryRecord makeTrajectory(DatasetId dataset, QuestionId question,
                                              const std::string& response, Verdict verdict) {
    store::TrajectoryRecord row;
    row.datasetId = dataset;
    row.questionId = question;
    row.source = Source::Sampled;
    row.prompt = "Question: how many?\nAnswer:";
    row.response = response;
    row.verdict = verdict;
    row.extracted = "7";
    row.tokenizerHash = "words";
    const std::string text = row.prompt + row.response;
    std::size_t begin = 0;
    for (std::size_t i = 1; i <= text.size(); ++i) {
        const bool ends =
            i == text.size() || i == row.prompt.size() || text[i] == ' ' || text[i - 1] == '\n';
        if (!ends)
            continue;
        if (begin < row.prompt.size())
            ++row.promptTokens;
        row.ids.push_back(static_cast<std::int32_t>(10 + row.ids.size()));
        row.offsets.push_back(static_cast<std::int32_t>(begin));
        row.offsets.push_back(static_cast<std::int32_t>(i));
        begin = i;
    }
    return row;
}

struct FilledProject {
    QTemporaryDir folder;
    QString file;
    DatasetId dataset;
    std::vector<TrajectoryId> ids; ///< right, wrong, wrong
    ScoreSetId scoreSet;

    bool fill() {
        file = folder.filePath(QStringLiteral("test.crux"));
        auto opened = store::Project::open(file.toStdString(), store::OpenMode::Create);
        if (!opened.ok())
            return false;
        const store::Project& project = **opened;
        store::DatasetRecord data;
        data.name = "words";
        auto datasetId = store::addDataset(project, data);
        if (!datasetId.ok())
            return false;
        dataset = *datasetId;
        store::QuestionRecord question;
        question.datasetId = dataset;
        question.externalId = "q1";
        question.text = "how many apples?";
        question.gold = "7";
        auto questionId = store::addQuestion(project, question);
        if (!questionId.ok())
            return false;
        const std::pair<const char*, Verdict> rows[] = {
            {" one two.\n three four", Verdict::Right},
            {" one owed.\n three nine", Verdict::Wrong},
            {" just one line. then more", Verdict::Wrong}};
        for (const auto& [text, verdict] : rows) {
            auto id =
                store::addTrajectory(project, makeTrajectory(dataset, *questionId, text, verdict));
            if (!id.ok())
                return false;
            ids.push_back(*id);
        }
        store::ModelRecord model;
        model.name = "tiny";
        model.path = "/models/tiny";
        model.tokenizerHash = "words";
        auto modelId = store::upsertModel(project, model);
        if (!modelId.ok())
            return false;
        store::ScoreSetRecord set;
        set.name = "pos / neg";
        set.positiveModel = set.negativeModel = *modelId;
        auto setId = store::addScoreSet(project, set);
        if (!setId.ok())
            return false;
        scoreSet = *setId;
        for (const TrajectoryId id : ids) {
            auto record = store::trajectory(project, id);
            if (!record.ok())
                return false;
            store::ScoreRecord scores;
            scores.trajectoryId = id;
            scores.scoreSetId = scoreSet;
            const std::size_t count = record->ids.size();
            for (std::size_t i = 0; i < count; ++i)
                scores.s.push_back(0.5F + 0.01F * static_cast<float>(i));
            scores.s[static_cast<std::size_t>(record->promptTokens) + 1] = 0.01F;
            scores.pPositive.assign(count, 0.5F);
            scores.pNegative.assign(count, 0.5F);
            if (!store::saveScores(project, scores, nullptr, JobId{}).ok())
                return false;
        }
        return true;
    }
};

inline bool openAndWait(ui::Session& session, const QString& file) {
    session.openProject(file);
    return QTest::qWaitFor([&] { return session.isOpen(); }, 20'000);
}

} // namespace crux::test
