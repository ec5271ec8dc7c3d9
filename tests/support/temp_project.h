// A project in a temporary folder with rows made by hand, for tests of store, interop and window.
#pragma once

#include "core/base/text_util.h"
#include "core/store/repositories.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <memory>

namespace crux::test {

/// Owner of the folder; the file goes with it.
class TempProject {
public:
    TempProject() {
        auto opened = store::Project::open(file(), store::OpenMode::Create);
        if (!opened.ok())
            qFatal("%s", opened.error().message.c_str());
        m_project = std::move(opened).value();
    }
    Path file() const { return path("test.crux"); }
    Path path(const char* name) const { return Path(m_folder.path().toStdString()) / name; }
    store::Project& project() { return *m_project; }
    void close() { m_project.reset(); }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<store::Project> m_project;
};

/// The value, or the end of the program with the error's sentence: for set-up, not for what is
/// tested.
template <typename T> T take(Result<T> result) {
    if (!result.ok())
        qFatal("%s (%s)", result.error().message.c_str(), result.error().detail.c_str());
    return std::move(result).value();
}
inline void take(const Status& status) {
    if (!status.ok())
        qFatal("%s", status.error().message.c_str());
}

inline DatasetId addDataset(const store::Project& project, const std::string& name) {
    store::DatasetRecord dataset;
    dataset.name = name;
    return take(store::addDataset(project, dataset));
}

inline QuestionId addQuestion(const store::Project& project, DatasetId dataset,
                              const std::string& id, const std::string& text,
                              const std::string& gold = "42") {
    store::QuestionRecord question;
    question.datasetId = dataset;
    question.externalId = id;
    question.text = text;
    question.gold = gold;
    return take(store::addQuestion(project, question));
}

/// Three prompt tokens, then one token a byte of the response.
inline store::TrajectoryRecord trajectoryOf(DatasetId dataset, QuestionId question,
                                            const std::string& response, Verdict verdict) {
    store::TrajectoryRecord t;
    t.datasetId = dataset;
    t.questionId = question;
    t.prompt = "Q: ";
    t.response = response;
    t.verdict = verdict;
    t.promptTokens = 3;
    const auto count = static_cast<std::int32_t>(3 + response.size());
    for (std::int32_t i = 0; i < count; ++i) {
        t.ids.push_back(10 + i);
        t.offsets.push_back(i);
        t.offsets.push_back(i + 1);
    }
    return t;
}

} // namespace crux::test

/// Checks a Result or Status, showing the error's sentence.
#define CRUX_OK(expression)                                                                        \
    do {                                                                                           \
        const auto& crux_checked_ = (expression);                                                  \
        QVERIFY2(crux_checked_.ok(),                                                               \
                 crux_checked_.ok() ? "" : crux_checked_.error().message.c_str());                 \
    } while (false)
