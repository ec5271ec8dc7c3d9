// drawAlong against generate: the first token of a job from every prefix, for every stream.
#include "core/engine/engine.h"
#include "support/test_paths.h"

#include <random>

using namespace crux;
using namespace crux::engine;

namespace {

ModelRef tiny(const char* dtype = "float32") {
    ComputeOptions options{"cpu", dtype, 2};
    const std::string folder = crux::test::dataDir().toStdString() + "/engine/tiny";
    auto model = Model::load(folder, options);
    if (!model)
        qFatal("%s", model.error().message.c_str());
    return {*model, -1};
}

Ids randomIds(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    Ids ids{1};
    while (ids.size() < count)
        ids.push_back(static_cast<std::int32_t>(3 + random() % 94));
    return ids;
}

std::vector<std::string> paths(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i)
        all.push_back("question/r" + std::to_string(i));
    return all;
}

} // namespace

class TestFollow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void drawsWhatGenerateDraws_data();
    void drawsWhatGenerateDraws();
    void logpIsThatOfTheScorer();
    void firstCutsTheRest();
    void aSmallCacheChangesNothing();
    void refuses();
};

void TestFollow::drawsWhatGenerateDraws_data() {
    QTest::addColumn<double>("temperature");
    QTest::addColumn<double>("topP");
    QTest::addColumn<int>("topK");
    QTest::addColumn<QByteArray>("dtype");
    QTest::addRow("plain") << 1.0 << 1.0 << 0 << QByteArray("float32");
    QTest::addRow("nucleus") << 0.7 << 0.95 << 0 << QByteArray("float32");
    QTest::addRow("top-k") << 1.3 << 0.9 << 5 << QByteArray("float32");
    QTest::addRow("greedy") << 0.0 << 1.0 << 0 << QByteArray("float32");
    QTest::addRow("bfloat16") << 1.0 << 0.98 << 0 << QByteArray("bfloat16");
}

void TestFollow::drawsWhatGenerateDraws() {
    QFETCH(double, temperature);
    QFETCH(double, topP);
    QFETCH(int, topK);
    QFETCH(QByteArray, dtype);
    const ModelRef model = tiny(dtype.constData());
    const Ids ids = randomIds(90, 4); // more than one piece
    GenerateRequest request;
    request.model = model;
    request.sampling.temperature = temperature;
    request.sampling.topP = topP;
    request.sampling.topK = topK;
    request.sampling.seed = 11;
    request.eosIds = {-1}; // the first token is wanted even where it is EOS
    FollowRequest follow{model, request.sampling, paths(9), 1, 0, {}};
    const auto along = drawAlong(follow, ids);
    QVERIFY2(along.ok(), along.ok() ? "" : along.error().message.c_str());
    QCOMPARE(along->drawn.size(), (ids.size() - 1) * 9);
    std::vector<GenerateJob> jobs;
    for (std::size_t position = 1; position < ids.size(); ++position)
        for (const std::string& path : follow.streamPaths)
            jobs.push_back({Ids(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(position)),
                            {},
                            path,
                            1});
    const auto made = generate(request, jobs);
    QVERIFY(made.ok());
    for (std::size_t i = 0; i < jobs.size(); ++i)
        QCOMPARE((*made)[i].ids, Ids{along->drawn[i]});
}

void TestFollow::logpIsThatOfTheScorer() {
    const ModelRef model = tiny();
    const Ids ids = randomIds(40, 5);
    const auto along = drawAlong({model, {}, {}, 10, 0, {}}, ids);
    QVERIFY(along.ok());
    LogprobRequest request;
    request.model = model;
    const auto facts = scoreTokens(request, std::vector<Ids>{ids});
    QVERIFY(facts.ok());
    QCOMPARE(along->logp.size(), std::size_t{30});
    for (std::size_t i = 0; i < along->logp.size(); ++i)
        QVERIFY(std::fabs(along->logp[i] - (*facts)[0].logp[10 + i]) < 1e-4f);
}

void TestFollow::firstCutsTheRest() {
    const ModelRef model = tiny();
    const Ids ids = randomIds(80, 6);
    SamplingParams sampling;
    const auto all = drawAlong({model, sampling, paths(3), 1, 0, {}}, ids);
    const auto late = drawAlong({model, sampling, paths(3), 70, 0, {}}, ids);
    QVERIFY(all.ok() && late.ok());
    QCOMPARE(late->drawn, Ids(all->drawn.begin() + 69 * 3, all->drawn.end()));
    const auto none = drawAlong({model, sampling, paths(3), 80, 0, {}}, ids);
    QVERIFY(none.ok() && none->drawn.empty());
}

/// Room for the sequence but not for what other calls left in the cache.
void TestFollow::aSmallCacheChangesNothing() {
    const ModelRef model = tiny();
    const Ids ids = randomIds(80, 7);
    const auto roomy = drawAlong({model, {}, paths(4), 1, 0, {}}, ids);
    QVERIFY(roomy.ok());
    bool refused = false;
    for (std::int64_t bytes = 1 << 12; bytes <= 1 << 24; bytes *= 2) {
        const auto tight = drawAlong({model, {}, paths(4), 1, bytes, {}}, ids);
        if (tight.ok()) {
            QCOMPARE(tight->drawn, roomy->drawn);
        } else {
            QVERIFY(tight.error().code == ErrorCode::OutOfMemory);
            refused = true;
        }
    }
    QVERIFY(refused);
}

void TestFollow::refuses() {
    const ModelRef model = tiny();
    QVERIFY(!drawAlong({model, {}, {}, 0, 0, {}}, randomIds(5, 1)).ok());
    QVERIFY(!drawAlong({model, {}, {}, 6, 0, {}}, randomIds(5, 1)).ok());
    QVERIFY(!drawAlong({model, {}, {}, 1, 0, {}}, Ids{1, 100000}).ok());
    QVERIFY(!drawAlong({model, {}, {}, 1, 0, {}}, randomIds(100000, 1)).ok());
    CancelToken cancel;
    cancel.cancel();
    const auto stopped = drawAlong({model, {}, {}, 1, 0, {}}, randomIds(50, 1), cancel);
    QVERIFY(!stopped.ok() && stopped.error().code == ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TestFollow)
#include "tst_follow.moc"
