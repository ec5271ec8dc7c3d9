// Chosen training data as files of trainers: TRL's rows and the authors' JSON, prompts in the plain
// training form, responses without the beginning of a stop text.
#include "core/interop/export.h"
#include "support/temp_project.h"

#include <sstream>

using namespace crux;
using namespace crux::interop;
using crux::test::take;
using crux::test::TempProject;

class TestExportTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_temp = std::make_unique<TempProject>(); }
    void trlRows();
    void authorsForms();
    void filterAndNames();
    void setsThatAreNotThere();

private:
    store::Project& project() { return m_temp->project(); }
    TrajectoryId add(int sample, const std::string& response, Verdict verdict,
                     const Json& prompt = Json::object());
    void addSet(const std::string& kind, const std::string& name,
                const std::vector<store::PairRecord>& rows);
    std::vector<Json> exported(const std::string& kind, const std::string& set = {},
                               const std::string& where = {});

    std::unique_ptr<TempProject> m_temp;
};

TrajectoryId TestExportTraining::add(int sample, const std::string& response, Verdict verdict,
                                     const Json& prompt) {
    store::DatasetRecord dataset;
    dataset.name = "gsm8k";
    dataset.promptTemplate = "gsm8k";
    store::TrajectoryRecord t;
    t.datasetId = take(store::addDataset(project(), dataset));
    t.questionId = crux::test::addQuestion(project(), t.datasetId, "#0#", "2+2?", "4");
    t.sampleIndex = sample;
    t.source = Source::Sampled;
    t.sourceModel = "tiny";
    t.prompt = prompt.empty() ? "Question: 2+2?\nAnswer: "
                              : "Question: 1+1?\nAnswer: 2\n\nQuestion: 2+2?\nAnswer:";
    t.response = response;
    t.verdict = verdict;
    t.finishReason = "stop";
    t.ids = {1, 2, 3, 4};
    t.promptTokens = 2;
    t.provenance.params = {{"stop", {"\n\nQuestion:"}}};
    if (!prompt.empty())
        t.provenance.params["prompt"] = prompt;
    t.provenance.dtype = "float32";
    return take(store::addTrajectory(project(), t));
}

void TestExportTraining::addSet(const std::string& kind, const std::string& name,
                                const std::vector<store::PairRecord>& rows) {
    store::PairSetRecord set;
    set.name = name;
    set.rule = {{"kind", kind}, {"top_k", 1}};
    take(store::addPairSet(project(), set, rows));
}

std::vector<Json> TestExportTraining::exported(const std::string& kind, const std::string& set,
                                               const std::string& where) {
    ExportOptions options;
    options.kind = kind;
    options.pairSet = set;
    options.where = where;
    std::ostringstream out;
    take(runExport(project(), options, out, CancelToken()));
    const std::string text = out.str();
    std::vector<Json> rows;
    for (const std::string_view line : split(text, '\n'))
        if (!line.empty())
            rows.push_back(take(parseJson(line)));
    return rows;
}

void TestExportTraining::trlRows() {
    const Json shots{{"template", "gsm8k"}, {"shots", 1}, {"strip", true}};
    const auto right = add(0, " It is 4.\n\n", Verdict::Right, shots);
    const auto wrong = add(1, "It is 5.", Verdict::Wrong);
    addSet("sft_pos", "one", {{right, {}, {}, {}}});
    addSet("preference", "one", {{right, wrong, {}, {0.5F, 0.25F}}});

    const auto positive = exported("sft-pos");
    QCOMPARE(positive.size(), std::size_t{1});
    // Examples gone, the prompt's blank back, the response's blank and the stop's beginning gone.
    QCOMPARE(positive[0].at("prompt").get<std::string>(), std::string("Question: 2+2?\nAnswer: "));
    QCOMPARE(positive[0].at("completion").get<std::string>(), std::string("It is 4."));
    QVERIFY(positive[0].at("completion_token_ids").is_null()); // they spell the text as drawn
    QCOMPARE(positive[0].at("question_id").get<std::string>(), std::string("#0#"));

    const auto pairs = exported("preference");
    QCOMPARE(pairs.size(), std::size_t{1});
    QCOMPARE(pairs[0].at("chosen").get<std::string>(), std::string("It is 4."));
    QCOMPARE(pairs[0].at("rejected").get<std::string>(), std::string("It is 5."));
    QCOMPARE(pairs[0].at("rejected_token_ids"), Json({3, 4}));
    QCOMPARE(pairs[0].at("rejected_weights"), Json({0.5, 0.25}));
    QVERIFY(pairs[0].at("chosen_weights").is_null());
    QCOMPARE(pairs[0].at("rejected_from").at("trajectory_id").get<std::int64_t>(), wrong.value);
}

void TestExportTraining::authorsForms() {
    const auto right = add(0, "It is 4.", Verdict::Right);
    const auto wrong = add(1, "It is 5.", Verdict::Wrong);
    const auto other = add(2, "It is 6.", Verdict::Wrong);
    addSet("sft_pos", "a", {{right, {}, {}, {}}});
    addSet("sft_neg", "a", {{wrong, {}, {}, {}}, {other, {}, {}, {}}});
    addSet("preference", "a", {{right, wrong, {}, {}}});
    const Json sft = exported("authors-sft").at(0);
    QCOMPARE(sft.at("pos").at("#0#").at("response").get<std::string>(), std::string("It is 4."));
    QCOMPARE(sft.at("pos").at("#0#").at("answer"), Json({"4"}));
    QCOMPARE(sft.at("neg").size(), std::size_t{2});
    QCOMPARE(sft.at("neg").at("#0#_1").at("response").get<std::string>(), std::string("It is 6."));
    QVERIFY(sft.at("config").contains("pos"));
    const Json dpo = exported("authors-dpo").at(0);
    QCOMPARE(dpo.at("prompt").size(), std::size_t{1});
    QCOMPARE(dpo.at("chosen").at(0).get<std::string>(), std::string("It is 4."));
    QCOMPARE(dpo.at("rejected").at(0).get<std::string>(), std::string("It is 5."));
    QCOMPARE(dpo.at("answer").at(0), Json({"4"}));
}

void TestExportTraining::filterAndNames() {
    const auto right = add(0, "It is 4.", Verdict::Right);
    const auto also = add(1, "So it is 4.", Verdict::Right);
    addSet("sft_pos", "old", {{right, {}, {}, {}}});
    addSet("sft_pos", "new", {{right, {}, {}, {}}, {also, {}, {}, {}}});
    QCOMPARE(exported("sft-pos").size(), std::size_t{2}); // the newest
    QCOMPARE(exported("sft-pos", "old").size(), std::size_t{1});
    QCOMPARE(exported("sft-pos", "new", "text~\"So it\"").size(), std::size_t{1});
}

void TestExportTraining::setsThatAreNotThere() {
    ExportOptions options;
    std::ostringstream out;
    for (const char* kind : {"sft-pos", "sft-neg", "preference", "authors-sft", "authors-dpo"}) {
        options.kind = kind;
        const auto none = runExport(project(), options, out, CancelToken());
        QVERIFY(!none.ok());
        QVERIFY(none.error().message.find("crux-cli select") != std::string::npos);
    }
    options.pairSet = "mine";
    const auto unknown = runExport(project(), options, out, CancelToken());
    QVERIFY(unknown.error().message.find("mine") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestExportTraining)
#include "tst_export_training.moc"
