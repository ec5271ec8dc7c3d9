// Generation: the same ids and the same bits of log-probability whatever the batch, the order, the
// split of a prefix or the memory; references; cached decoding against the full forward of the
// scorer.
#include "core/base/json.h"
#include "core/base/rng.h"
#include "core/engine/engine.h"
#include "support/test_paths.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <utility>

using namespace crux;
using namespace crux::engine;

namespace {

const QString kTiny = QStringLiteral("/engine/tiny");

Path pathOf(const QString& text) {
    return Path(text.toStdString());
}

std::shared_ptr<Model> load(const QString& folder, const char* dtype = "auto") {
    ComputeOptions options;
    options.device = "cpu";
    options.dtype = dtype;
    auto model = Model::load(pathOf(folder), options);
    if (!model)
        qFatal("%s", model.error().message.c_str());
    return *model;
}

ModelRef withAdapter(const std::shared_ptr<Model>& model, const QString& folder) {
    auto adapter = model->attachAdapter(pathOf(folder));
    if (!adapter)
        qFatal("%s", adapter.error().message.c_str());
    return {model, *adapter};
}

Json readJson(const QString& path) {
    return *parseJson(*readFile(pathOf(path)));
}

Ids randomIds(std::size_t count, std::int32_t vocabulary, unsigned seed) {
    std::mt19937 engine(seed);
    Ids ids{1};
    while (ids.size() < count)
        ids.push_back(
            static_cast<std::int32_t>(3 + engine() % static_cast<unsigned>(vocabulary - 3)));
    return ids;
}

std::vector<Generated> mustGenerate(const GenerateRequest& request,
                                    const std::vector<GenerateJob>& jobs,
                                    const CancelToken& cancel = {}) {
    auto made = generate(request, jobs, cancel);
    if (!made)
        qFatal("%s", made.error().message.c_str());
    return *made;
}

bool same(const Generated& a, const Generated& b) {
    return a.ids == b.ids && a.finish == b.finish && a.logp.size() == b.logp.size() &&
           std::memcmp(a.logp.data(), b.logp.data(), a.logp.size() * sizeof(float)) == 0;
}

/// Prefixes that are prefixes of each other, repeat, and differ late; each with a stream of its
/// own.
std::vector<GenerateJob> mixedJobs(const Ids& trajectory) {
    std::vector<GenerateJob> jobs;
    for (std::size_t i = 0; i < 64; ++i) {
        GenerateJob job;
        const std::size_t length = i % 4 == 0 ? trajectory.size() : 1 + (i * 7) % trajectory.size();
        job.prefix.assign(trajectory.begin(),
                          trajectory.begin() + static_cast<std::ptrdiff_t>(length));
        if (i % 5 == 0)
            job.forced = {static_cast<std::int32_t>(5 + i), 7};
        job.streamPath = "test/q" + std::to_string(i);
        jobs.push_back(job);
    }
    return jobs;
}

GenerateRequest requestFor(const ModelRef& model, int maxNew, double temperature = 1) {
    GenerateRequest request;
    request.model = model;
    request.sampling.temperature = temperature;
    request.sampling.maxNewTokens = maxNew;
    request.sampling.seed = 5;
    return request;
}

void expectInvariance(const ModelRef& model, const Ids& trajectory, int maxNew) {
    const std::vector<GenerateJob> jobs = mixedJobs(trajectory);
    GenerateRequest request = requestFor(model, maxNew);
    request.sampling.topP = 0.98;
    request.maxBatch = 64;
    const auto together = mustGenerate(request, jobs);

    for (const int batch : {1, 3}) {
        request.maxBatch = batch;
        const auto split = mustGenerate(request, jobs);
        for (std::size_t i = 0; i < jobs.size(); ++i)
            QVERIFY2(same(split[i], together[i]),
                     qPrintable(QStringLiteral("job %1, batch %2").arg(i).arg(batch)));
    }
    std::vector<std::size_t> order(jobs.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937(3));
    std::vector<GenerateJob> shuffled;
    for (const std::size_t i : order)
        shuffled.push_back(jobs[i]);
    request.maxBatch = 17;
    const auto mixed = mustGenerate(request, shuffled);
    for (std::size_t i = 0; i < order.size(); ++i)
        QVERIFY2(same(mixed[i], together[order[i]]), qPrintable(QString::number(order[i])));
    for (const std::size_t i : {std::size_t{0}, std::size_t{9}, std::size_t{63}})
        QVERIFY(same(mustGenerate(request, {jobs[i]})[0], together[i]));

    // Exact reuse: a continuation from a longer prefix, or with its head forced, is its own tail.
    for (const std::size_t i : {std::size_t{1}, std::size_t{4}, std::size_t{8}}) {
        const Generated& whole = together[i];
        for (std::size_t cut = 1; cut < whole.ids.size(); cut += 5) {
            GenerateJob longer = jobs[i], forced = jobs[i];
            const auto middle = whole.ids.begin() + static_cast<std::ptrdiff_t>(cut);
            longer.forced.clear();
            longer.prefix.insert(longer.prefix.end(), whole.ids.begin(), middle);
            longer.maxNewTokens = maxNew - static_cast<int>(cut);
            forced.forced.assign(whole.ids.begin(), middle);
            const auto both = mustGenerate(request, {forced, longer});
            QVERIFY(same(both[0], whole));
            QCOMPARE(both[1].ids, Ids(middle, whole.ids.end()));
            QVERIFY(std::memcmp(both[1].logp.data(), whole.logp.data() + cut,
                                both[1].logp.size() * sizeof(float)) == 0);
        }
    }
}

/// Log-probabilities while decoding against the scorer's full forward.
double worstAgainstScorer(const ModelRef& model, const Ids& prefix, int maxNew) {
    GenerateJob job{prefix, {5, 6, 7}, "agree", 0};
    const auto made = mustGenerate(requestFor(model, maxNew), {job})[0];
    Ids all = prefix;
    all.insert(all.end(), made.ids.begin(), made.ids.end());
    LogprobRequest request;
    request.model = model;
    const auto facts = scoreTokens(request, std::vector<Ids>{all});
    if (!facts)
        qFatal("%s", facts.error().message.c_str());
    double worst = 0;
    for (std::size_t i = 0; i < made.ids.size(); ++i)
        worst =
            std::max(worst, std::fabs(double{made.logp[i]} - (*facts)[0].logp[prefix.size() + i]));
    return worst;
}

} // namespace

class TestGenerator : public QObject {
    Q_OBJECT

    std::shared_ptr<Model> m_tiny;
    ModelRef m_adapted;
    Ids m_trajectory = randomIds(45, 97, 1);

private Q_SLOTS:
    void initTestCase() {
        m_tiny = load(crux::test::dataDir() + kTiny);
        m_adapted = withAdapter(m_tiny, crux::test::dataDir() + kTiny + QStringLiteral("/adapter"));
    }

    void invariantOnTheTinyModel() { expectInvariance({m_tiny, -1}, m_trajectory, 30); }
    void invariantWithAnAdapter() { expectInvariance(m_adapted, m_trajectory, 20); }
    void invariantInBfloat16() {
        expectInvariance({load(crux::test::dataDir() + kTiny, "bfloat16"), -1}, m_trajectory, 30);
    }
    void invariantOnTheDemoModel() {
        CRUX_NEEDS_SHARED("models/wordproblems/model.safetensors");
        const QString folder = crux::test::sharedDir() + QStringLiteral("/models/wordproblems");
        const auto model = load(folder);
        const Ids ids =
            readJson(folder + QStringLiteral("/reference.json"))["cases"][0]["ids"].get<Ids>();
        expectInvariance({model, -1}, ids, 24);
        expectInvariance(withAdapter(model, folder + QStringLiteral("/positive")), ids, 12);
    }
    void invariantOnStories() {
        CRUX_NEEDS_SHARED("models/stories260K/model.safetensors");
        const auto model = load(crux::test::sharedDir() + QStringLiteral("/models/stories260K"));
        expectInvariance({model, -1}, randomIds(50, 512, 2), 40);
    }

    void threadsChangeNothing() {
        const std::vector<GenerateJob> jobs = mixedJobs(m_trajectory);
        const auto expected = mustGenerate(requestFor({m_tiny, -1}, 20), jobs);
        for (const int threads : {1, 2, 3}) {
            ComputeOptions options;
            options.device = "cpu";
            options.threads = threads;
            const auto model = *Model::load(pathOf(crux::test::dataDir() + kTiny), options);
            const auto made = mustGenerate(requestFor({model, -1}, 20), jobs);
            for (std::size_t i = 0; i < jobs.size(); ++i)
                QVERIFY(same(made[i], expected[i]));
        }
    }

    void littleMemoryChangesNothing() {
        std::vector<GenerateJob> jobs = mixedJobs(m_trajectory);
        GenerateRequest request = requestFor({m_tiny, -1}, 60);
        const auto expected = mustGenerate(request, jobs);
        // 2 layers x 2 heads x 10 x 2 x 16 positions x 4 bytes = 5,120 a block; 105 positions
        // need 7.
        request.kvBytes = 9 * 5120;
        const auto tight = mustGenerate(request, jobs);
        for (std::size_t i = 0; i < jobs.size(); ++i)
            QVERIFY2(same(tight[i], expected[i]), qPrintable(QString::number(i)));
        request.kvBytes = 2 * 5120;
        const auto none = generate(request, jobs);
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::OutOfMemory);
    }

    void greedyEqualsTheReferences_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"stories260K", "tiny-llama-gqa-tied", "tiny-llama3-rope-sharded",
                                 "tiny-qwen2-tied", "tiny-llama-bias-headdim"})
            QTest::newRow(name) << QString::fromLatin1(name);
        QTest::newRow("stories260K-lora") << QStringLiteral("stories260K-lora");
    }
    void greedyEqualsTheReferences() {
        QFETCH(QString, name);
        CRUX_NEEDS_SHARED("models/stories260K/model.safetensors");
        const QString folder = crux::test::sharedDir() + QStringLiteral("/models/");
        ModelRef model;
        if (name.endsWith(QStringLiteral("-lora")))
            model =
                withAdapter(load(folder + QStringLiteral("stories260K"), "float32"), folder + name);
        else
            model.model = load(folder + name, "float32");
        std::vector<GenerateJob> jobs;
        const Json reference = readJson(folder + name + QStringLiteral("/reference.json"));
        for (const Json& greedy : reference["greedy"])
            jobs.push_back({greedy["prompt_ids"].get<Ids>(),
                            {},
                            "greedy",
                            static_cast<int>(greedy["new_ids"].size())});
        GenerateRequest request = requestFor(model, 64, 0);
        request.eosIds = {-1}; // the references run over EOS
        const auto made = mustGenerate(request, jobs);
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            const Ids expected = reference["greedy"][i]["new_ids"].get<Ids>();
            const auto margins =
                reference["greedy"][i]["top1_minus_top2"].get<std::vector<double>>();
            QCOMPARE(made[i].ids.size(), expected.size());
            const auto [a, b] =
                std::mismatch(expected.begin(), expected.end(), made[i].ids.begin());
            if (a != expected.end()) // only where two tokens were all but equal
                QVERIFY2(margins[static_cast<std::size_t>(a - expected.begin())] < 1e-3,
                         qPrintable(QString::number(i)));
        }
    }

    void decodingEqualsTheFullForward() {
        QVERIFY(worstAgainstScorer({m_tiny, -1}, m_trajectory, 60) < 1e-3);
        QVERIFY(worstAgainstScorer(m_adapted, m_trajectory, 60) < 1e-3);
        const auto narrow = load(crux::test::dataDir() + kTiny, "bfloat16");
        QVERIFY(worstAgainstScorer({narrow, -1}, m_trajectory, 60) < 0.3);
        CRUX_NEEDS_SHARED("models/wordproblems/model.safetensors");
        const QString folder = crux::test::sharedDir() + QStringLiteral("/models/wordproblems");
        const auto demo = load(folder);
        const Ids ids =
            readJson(folder + QStringLiteral("/reference.json"))["cases"][1]["ids"].get<Ids>();
        QVERIFY(worstAgainstScorer({demo, -1}, ids, 80) < 1e-3);
        QVERIFY(worstAgainstScorer(withAdapter(demo, folder + QStringLiteral("/negative")), ids,
                                   80) < 1e-3);
    }

    void drawsFollowTheStatedStream() {
        GenerateJob job{m_trajectory, {}, "run/1/q2/r3", 0};
        GenerateRequest request = requestFor({m_tiny, -1}, 6);
        const auto made = mustGenerate(request, {job})[0];
        ContrastRequest models;
        models.positive = {m_tiny, -1};
        models.negative = {m_tiny, -1};
        models.policy = {m_tiny, -1};
        const RandomStream stream("run/1/q2/r3", 5);
        Ids context = m_trajectory;
        for (const std::int32_t id :
             made.ids) { // inverse CDF by hand over the whole sorted vocabulary
            const auto rows = nextTokens(models, context, 97, {});
            QVERIFY(rows);
            double reached = 0;
            std::int32_t picked = -1;
            for (const NextTokenRow& row : *rows)
                if ((reached += double{row.p}) > stream.uniform(context.size())) {
                    picked = row.id;
                    break;
                }
            QCOMPARE(id, picked);
            context.push_back(id);
        }
    }

    void banHoldsAtTheFirstPositionOnly() {
        GenerateRequest request = requestFor({m_tiny, -1}, 12, 0);
        request.eosIds = {-1};
        const auto free = mustGenerate(request, {{m_trajectory, {}, "b", 0}})[0];
        request.sampling.bannedIds = {free.ids[0]};
        const auto banned = mustGenerate(request, {{m_trajectory, {}, "b", 0}})[0];
        QVERIFY(banned.ids[0] != free.ids[0]);
        Ids longer = m_trajectory;
        longer.push_back(banned.ids[0]);
        request.sampling.bannedIds.clear();
        const auto after = mustGenerate(request, {{longer, {}, "b", 11}})[0];
        QCOMPARE(Ids(banned.ids.begin() + 1, banned.ids.end()), after.ids);
    }

    void endsAsAsked() {
        GenerateRequest request = requestFor({m_tiny, -1}, 30, 0);
        request.eosIds = {-1};
        const GenerateJob job{m_trajectory, {}, "e", 0};
        const auto free = mustGenerate(request, {job})[0];
        QCOMPARE(free.finish, FinishReason::Length);
        QCOMPARE(free.ids.size(), std::size_t{30});
        const auto firstOf = [&](std::int32_t id) {
            return static_cast<std::size_t>(std::find(free.ids.begin(), free.ids.end(), id) -
                                            free.ids.begin());
        };
        request.eosIds = {96, free.ids[9]};
        const auto eos = mustGenerate(request, {job})[0];
        QCOMPARE(eos.finish, FinishReason::Eos);
        QCOMPARE(eos.ids.size(), firstOf(free.ids[9]));
        request.eosIds = {-1};
        request.stopIds = {free.ids[7]};
        const auto stop = mustGenerate(request, {job})[0];
        QCOMPARE(stop.finish, FinishReason::Stop);
        QCOMPARE(stop.ids.size(), firstOf(free.ids[7]));
        request.stopIds.clear();
        request.stop = [](std::size_t, std::span<const std::int32_t> ids) {
            return ids.size() == 4;
        };
        std::map<std::size_t, Ids> streamed;
        request.onToken = [&](std::size_t index, std::int32_t id, float) {
            streamed[index].push_back(id);
        };
        const auto checked = mustGenerate(request, {job, job});
        QCOMPARE(checked[1].finish, FinishReason::Stop);
        QCOMPARE(checked[1].ids, Ids(free.ids.begin(), free.ids.begin() + 4));
        QCOMPARE(streamed[0], checked[0].ids);
        QCOMPARE(streamed[1], checked[1].ids);
    }

    /// Jobs that join one by one, as long as there is room, come out as if all had been there.
    void jobsFromASource() {
        const std::vector<GenerateJob> jobs = mixedJobs(m_trajectory);
        GenerateRequest request = requestFor({m_tiny, -1}, 25);
        const auto expected = mustGenerate(request, jobs);
        for (const int batch : {1, 5, 64}) {
            std::size_t given = 0, asked = 0;
            std::map<std::size_t, Generated> finished;
            request.maxBatch = batch;
            request.onFinished = [&](std::size_t job, const Generated& made) {
                QVERIFY(!finished.count(job));
                finished[job] = made;
            };
            request.more = [&](std::size_t room) -> Result<std::vector<GenerateJob>> {
                std::vector<GenerateJob> some;
                if (++asked % 3 != 0 || finished.size() == given) // now and then none
                    for (std::size_t i = 0; i < std::min<std::size_t>(room, 4); ++i)
                        if (given < jobs.size())
                            some.push_back(jobs[given++]);
                return some;
            };
            const auto made = mustGenerate(request, {});
            QCOMPARE(made.size(), jobs.size());
            QCOMPARE(finished.size(), jobs.size());
            for (std::size_t i = 0; i < jobs.size(); ++i)
                QVERIFY(same(made[i], expected[i]) && same(finished[i], expected[i]));
        }
        CancelToken cancel; // the source is not asked again, nothing is reported as finished
        std::size_t given = 0;
        request.maxBatch = 1;
        request.onFinished = [&](std::size_t, const Generated&) { QFAIL("nothing can be over"); };
        request.onToken = [&](std::size_t, std::int32_t, float) { cancel.cancel(); };
        request.more = [&](std::size_t) -> Result<std::vector<GenerateJob>> {
            return std::vector<GenerateJob>{jobs[++given]};
        };
        QCOMPARE(mustGenerate(request, {}, cancel).at(0).finish, FinishReason::Cancelled);
        QCOMPARE(given, std::size_t{1});
        request.more = [](std::size_t) -> Result<std::vector<GenerateJob>> {
            return fail(ErrorCode::Corrupt, "no more");
        };
        QCOMPARE(generate(request, {}).error().code, ErrorCode::Corrupt);
    }

    /// Samples of one prompt begin as one row and part where they draw different tokens; each is
    /// what it is alone, and what all have in common is computed once.
    void equalJobsAreOneRow() {
        GenerateRequest request = requestFor({m_tiny, -1}, 30, 0.25);
        std::vector<GenerateJob> jobs;
        for (std::size_t i = 0; i < 90; ++i) {
            jobs.push_back({m_trajectory, {}, "s" + std::to_string(i), 0});
            if (i % 9 == 1) // another prompt
                jobs[i].prefix.pop_back();
            if (i % 9 == 2)
                jobs[i].forced = {5, 6};
            if (i % 9 == 3) // as the forced ones, once those are forced
                jobs[i].prefix.insert(jobs[i].prefix.end(), {5, 6});
            if (i % 9 == 4)
                jobs[i].bannedIds = {7, static_cast<std::int32_t>(8 + i)};
            if (i % 9 == 5)
                jobs[i].maxNewTokens = static_cast<int>(1 + i / 9);
        }
        std::vector<Generated> alone;
        std::set<Ids> different;
        for (const GenerateJob& job : jobs) {
            alone.push_back(mustGenerate(request, {job})[0]);
            different.insert(alone.back().ids);
        }
        QVERIFY(different.size() > 10 && different.size() < jobs.size());
        for (const int batch : {1, 4, 64}) {
            request.maxBatch = batch;
            const auto together = mustGenerate(request, jobs);
            for (std::size_t i = 0; i < jobs.size(); ++i)
                QVERIFY2(same(together[i], alone[i]), qPrintable(QString::number(i)));
        }

        int steps = 0;
        request.sampling.temperature = 0;
        request.maxBatch = 1;
        request.breathe = [&] { ++steps; };
        mustGenerate(request, {jobs[0]});
        const int ofOne = std::exchange(steps, 0);
        mustGenerate(request, std::vector<GenerateJob>(8, jobs[0]));
        QCOMPARE(steps, ofOne);
    }

    void bansOfSingleJobs() {
        GenerateRequest request = requestFor({m_tiny, -1}, 12, 0);
        request.eosIds = {-1};
        const GenerateJob free{m_trajectory, {}, "b", 0};
        const auto greedy = mustGenerate(request, {free})[0];
        GenerateJob banned = free;
        banned.bannedIds = {greedy.ids[0]};
        const auto both = mustGenerate(request, {free, banned});
        QVERIFY(same(both[0], greedy));
        request.sampling.bannedIds = banned.bannedIds;
        QVERIFY(same(both[1], mustGenerate(request, {free})[0]));
        QVERIFY(both[1].ids[0] != greedy.ids[0]);
    }

    void contextEndsAJob() {
        GenerateRequest request = requestFor({m_tiny, -1}, 500);
        request.eosIds = {-1};
        const Ids full = randomIds(128, 97, 4), almost = randomIds(126, 97, 4);
        const auto made = mustGenerate(request, {{full, {}, "c", 0}, {almost, {}, "c", 0}});
        QCOMPARE(made[0].ids.size(), std::size_t{0});
        QCOMPARE(made[0].finish, FinishReason::Length);
        QCOMPARE(made[1].ids.size(), std::size_t{2});
        QCOMPARE(made[1].finish, FinishReason::Length);
    }

    void cancelKeepsWhatIsThere() {
        GenerateRequest request = requestFor({m_tiny, -1}, 50);
        request.eosIds = {-1};
        request.maxBatch = 2;
        CancelToken cancel;
        int tokens = 0;
        request.onToken = [&](std::size_t, std::int32_t, float) {
            if (++tokens == 20)
                cancel.cancel();
        };
        std::vector<GenerateJob> jobs(3, {m_trajectory, {}, "x", 0});
        for (std::size_t i = 0; i < jobs.size(); ++i)
            jobs[i].prefix.back() = static_cast<std::int32_t>(90 - i); // rows of their own
        const auto made = mustGenerate(request, jobs, cancel);
        QCOMPARE(made[0].ids.size(), std::size_t{10});
        QCOMPARE(made[1].ids.size(), std::size_t{10});
        QCOMPARE(made[2].ids.size(), std::size_t{0});
        for (const Generated& one : made)
            QCOMPARE(one.finish, FinishReason::Cancelled);
    }

    void refusesWhatCannotBe() {
        const GenerateRequest request = requestFor({m_tiny, -1}, 5);
        const auto refused = [&](const GenerateJob& job) {
            const auto made = generate(request, std::vector<GenerateJob>{job});
            return !made && made.error().code == ErrorCode::InvalidArgument &&
                   !made.error().message.empty();
        };
        QVERIFY(refused({{}, {}, "r", 0}));
        QVERIFY(refused({{1, 97}, {}, "r", 0}));
        QVERIFY(refused({{1, -1}, {}, "r", 0}));
        QVERIFY(refused({{1}, {1000}, "r", 0}));
        QVERIFY(refused({randomIds(129, 97, 1), {}, "r", 0}));
        QVERIFY(refused({randomIds(128, 97, 1), {5}, "r", 0}));
        QVERIFY(!generate(requestFor({m_tiny, 7}, 5), std::vector<GenerateJob>{{{1}, {}, "r", 0}}));
        QVERIFY(mustGenerate(request, {}).empty());
    }
};

QTEST_GUILESS_MAIN(TestGenerator)
#include "tst_generator.moc"
