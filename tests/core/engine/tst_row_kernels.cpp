// The CPU kernels against double precision, and their promise: a row's bits depend on nothing
// beside it.
#include "core/engine/row_kernels.h"
#include "core/engine/thread_team.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <vector>

using namespace crux::engine;

namespace {

std::vector<float> randoms(std::size_t size, unsigned seed, float range = 1) {
    std::mt19937 engine(seed);
    std::uniform_real_distribution<float> value(-range, range);
    std::vector<float> values(size);
    for (float& x : values)
        x = value(engine);
    return values;
}

std::vector<Bfloat16> narrowed(const std::vector<float>& values) {
    std::vector<Bfloat16> result;
    for (const float x : values)
        result.push_back(toBfloat16(x));
    return result;
}

/// A linear over vectors, float32 or bf16.
struct Problem {
    std::int64_t rows, columns, k;
    std::vector<float> x, w, bias;
    std::vector<Bfloat16> x16, w16;

    Problem(std::int64_t rowCount, std::int64_t columnCount, std::int64_t inner)
        : rows(rowCount)
        , columns(columnCount)
        , k(inner)
        , x(randoms(static_cast<std::size_t>(rows * k), 1))
        , w(randoms(static_cast<std::size_t>(columns * k), 2))
        , bias(randoms(static_cast<std::size_t>(columns), 3))
        , x16(narrowed(x))
        , w16(narrowed(w)) {}

    LinearArgs args(bool narrow, std::int64_t firstRow, std::int64_t rowCount, float* out) const {
        LinearArgs made;
        made.x =
            narrow ? static_cast<const void*>(x16.data() + firstRow * k) : x.data() + firstRow * k;
        made.xStride = k;
        made.rows = rowCount;
        made.w = narrow ? static_cast<const void*>(w16.data()) : w.data();
        made.k = k;
        made.bias = bias.data();
        made.scale = 0.75f;
        made.out = out;
        made.outStride = columns;
        made.columns = columns;
        return made;
    }
    double exact(bool narrow, std::int64_t row, std::int64_t column) const {
        double sum = bias[static_cast<std::size_t>(column)];
        for (std::int64_t i = 0; i < k; ++i) {
            const auto a = static_cast<std::size_t>(row * k + i),
                       b = static_cast<std::size_t>(column * k + i);
            sum +=
                narrow ? double{fromBfloat16(x16[a])} * fromBfloat16(w16[b]) : double{x[a]} * w[b];
        }
        return 0.75 * sum;
    }
};

void run(const RowKernels& kernels, bool narrow, const LinearArgs& args, std::int64_t begin,
         std::int64_t end) {
    (narrow ? kernels.linearBfloat16 : kernels.linearFloat)(args, begin, end);
}

} // namespace

class TestRowKernels : public QObject {
    Q_OBJECT

private:
    static void addLevels() {
        QTest::addColumn<QByteArray>("level");
        for (const char* level : {"portable", "avx2", "avx512", "avx512bf16"})
            if (rowKernelsNamed(level))
                QTest::newRow(level) << QByteArray(level);
    }
    static const RowKernels& level() {
        QFETCH_GLOBAL(QByteArray, level);
        return *rowKernelsNamed(level.constData());
    }

private Q_SLOTS:
    void initTestCase_data() { addLevels(); }

    void linearIsExactToRounding() {
        for (const bool narrow : {false, true}) {
            for (const std::int64_t k : {1, 15, 16, 33, 172, 512, 603}) {
                const Problem problem(7, 11, k);
                std::vector<float> out(7 * 11, -1e9f);
                run(level(), narrow, problem.args(narrow, 0, 7, out.data()), 0, 11);
                for (std::int64_t row = 0; row < 7; ++row)
                    for (std::int64_t column = 0; column < 11; ++column) {
                        const double error = out[static_cast<std::size_t>(row * 11 + column)] -
                                             problem.exact(narrow, row, column);
                        QVERIFY2(std::fabs(error) < 2e-5, qPrintable(QString::number(error)));
                    }
            }
        }
    }

    void widenedMatrixGivesTheSameBits() {
        for (const std::int64_t k : {1, 15, 16, 33, 172}) {
            Problem problem(5, 7, k);
            for (std::size_t i = 0; i < problem.w.size(); ++i)
                problem.w[i] = fromBfloat16(problem.w16[i]);
            std::vector<float> wide(5 * 7), mixed(5 * 7);
            level().linearFloat(problem.args(false, 0, 5, wide.data()), 0, 7);
            LinearArgs args = problem.args(false, 0, 5, mixed.data());
            args.w = problem.w16.data();
            level().linearWidened(args, 0, 7);
            QVERIFY(mixed == wide);
        }
    }

    void turnedMatrixGivesTheSameBits() {
        const std::int64_t rows = 103, columns = 150;
        for (const std::int64_t k : {1, 33, 192, 512, 603}) {
            const Problem problem(rows, columns, k);
            std::vector<float> panels;
            for (std::int64_t panel = 0; panel < columns; panel += 16)
                for (std::int64_t i = 0; i < k; ++i)
                    for (std::int64_t column = panel; column < panel + 16; ++column)
                        panels.push_back(column < columns
                                             ? problem.w[static_cast<std::size_t>(column * k + i)]
                                             : 0.0f);
            std::vector<float> stored(rows * columns), turned(rows * columns);
            level().linearFloat(problem.args(false, 0, rows, stored.data()), 0, columns);
            LinearArgs args = problem.args(false, 0, rows, turned.data());
            args.w = nullptr;
            args.panels = panels.data();
            level().linearFloat(args, 0, 48);
            level().linearFloat(args, 48, columns);
            QVERIFY(turned == stored);
        }
    }

    void linearRowDoesNotDependOnTheRest() {
        const std::int64_t rows = 131, columns = 93;
        for (const bool narrow : {false, true}) {
            for (const std::int64_t k : {40, 192, 200, 300}) {
                const Problem problem(rows, columns, k);
                std::vector<float> all(rows * columns), part(rows * columns);
                run(level(), narrow, problem.args(narrow, 0, rows, all.data()), 0, columns);
                for (const std::int64_t batch : {1, 2, 3, 5, 13}) {
                    for (std::int64_t row = 0; row < rows; row += batch) {
                        const auto args = problem.args(narrow, row, std::min(batch, rows - row),
                                                       part.data() + row * columns);
                        run(level(), narrow, args, 0, 8);
                        run(level(), narrow, args, 8, 12);
                        run(level(), narrow, args, 12, columns);
                    }
                    QCOMPARE(part, all);
                }
            }
        }
    }

    void attentionAgreesAndDoesNotSeeLaterKeys() {
        const int headDim = 24, group = 3, stored = 53;
        const std::vector<float> keys = randoms(stored * headDim, 4),
                                 values = randoms(stored * headDim, 5);
        const std::vector<float> query = randoms(group * headDim, 6);
        std::vector<std::vector<float>> blocks;
        std::vector<const void*> pointers;
        for (int b = 0; b * kKvBlockTokens < stored; ++b) {
            std::vector<float> block(2 * kKvBlockTokens * headDim);
            for (int i = 0; i < kKvBlockTokens && b * kKvBlockTokens + i < stored; ++i)
                for (int d = 0; d < headDim; ++d) {
                    const auto from =
                        static_cast<std::size_t>((b * kKvBlockTokens + i) * headDim + d);
                    block[static_cast<std::size_t>(d * kKvBlockTokens + i)] = keys[from];
                    block[static_cast<std::size_t>((kKvBlockTokens + i) * headDim + d)] =
                        values[from];
                }
            blocks.push_back(std::move(block));
        }
        for (const auto& block : blocks)
            pointers.push_back(block.data());
        for (const int seen : {1, 15, 16, 17, 40, 53}) {
            std::vector<float> scores(group * 64), out(group * headDim);
            std::vector<AttentionQuery> queries;
            for (int g = 0; g < group; ++g)
                queries.push_back({query.data() + g * headDim, pointers.data(),
                                   scores.data() + g * 64, out.data() + g * headDim, seen, 0});
            AttentionArgs args{
                queries.data(), group, 0, headDim, 0.3f, 0, kKvBlockTokens * headDim * 4};
            level().attentionFloat(args);
            for (int g = 0; g < group; ++g) {
                std::vector<double> weights(static_cast<std::size_t>(seen));
                double sum = 0;
                for (int t = 0; t < seen; ++t) {
                    double dot = 0;
                    for (int d = 0; d < headDim; ++d)
                        dot += double{query[static_cast<std::size_t>(g * headDim + d)]} *
                               keys[static_cast<std::size_t>(t * headDim + d)];
                    sum += weights[static_cast<std::size_t>(t)] = std::exp(dot * 0.3);
                }
                for (int d = 0; d < headDim; ++d) {
                    double expected = 0;
                    for (int t = 0; t < seen; ++t)
                        expected += weights[static_cast<std::size_t>(t)] / sum *
                                    values[static_cast<std::size_t>(t * headDim + d)];
                    QVERIFY(std::fabs(out[static_cast<std::size_t>(g * headDim + d)] - expected) <
                            2e-6);
                }
            }
            const std::vector<float> alone =
                out; // the same bits when whole blocks are read together
            for (int shared = 1; shared * kKvBlockTokens <= seen; ++shared) {
                std::fill(out.begin(), out.end(), 0.0f);
                args.sharedBlocks = shared;
                level().attentionFloat(args);
                QCOMPARE(out, alone);
            }
        }
    }

    /// Many queries over common blocks, each with blocks of its own after them, against each alone.
    void sharedBlocksChangeNoBit() {
        const int headDim = 20, count = 29, blocks = 7, shared = 3;
        const auto blockFloats = static_cast<std::size_t>(2 * kKvBlockTokens * headDim);
        std::vector<std::vector<float>> memory;
        std::vector<std::vector<Bfloat16>> narrow;
        for (int i = 0; i < shared + count * (blocks - shared); ++i) {
            memory.push_back(randoms(blockFloats, static_cast<unsigned>(20 + i)));
            narrow.push_back(narrowed(memory.back()));
        }
        const std::vector<float> query = randoms(static_cast<std::size_t>(count * headDim), 9);
        for (const bool half : {false, true}) {
            std::vector<const void*> pointers;
            for (int q = 0; q < count; ++q)
                for (int b = 0; b < blocks; ++b) {
                    const auto at = static_cast<std::size_t>(
                        b < shared ? b : shared + q * (blocks - shared) + b - shared);
                    pointers.push_back(half ? static_cast<const void*>(narrow[at].data())
                                            : memory[at].data());
                }
            std::vector<float> scores(static_cast<std::size_t>(count * blocks * kKvBlockTokens));
            std::vector<float> alone(query.size()), together(query.size());
            const auto run = [&](float* out, int begin, int end, int common) {
                std::vector<AttentionQuery> queries;
                for (int q = begin; q < end; ++q)
                    queries.push_back({query.data() + q * headDim, pointers.data() + q * blocks,
                                       scores.data() + q * blocks * kKvBlockTokens,
                                       out + q * headDim,
                                       shared * kKvBlockTokens + 1 + (q * 13) % 60, 0});
                const AttentionArgs args{queries.data(),
                                         end - begin,
                                         common,
                                         headDim,
                                         0.3f,
                                         0,
                                         kKvBlockTokens * headDim * (half ? 2 : 4)};
                (half ? level().attentionBfloat16 : level().attentionFloat)(args);
            };
            for (int q = 0; q < count; ++q)
                run(alone.data(), q, q + 1, 0);
            run(together.data(), 0, count, shared);
            QCOMPARE(together, alone);
            run(together.data(), 5, 16, 2);
            QCOMPARE(together, alone);
        }
    }

    void pointwiseKernels() {
        const std::vector<float> x = randoms(301, 7, 20), y = randoms(301, 8);
        std::vector<float> out(301);
        level().siluMultiply(x.data(), y.data(), 301, out.data());
        for (std::size_t i = 0; i < 301; ++i) {
            const double expected = x[i] / (1 + std::exp(-double{x[i]})) * y[i];
            QVERIFY(std::fabs(out[i] - expected) <= 1e-6 * (1 + std::fabs(expected)));
        }
        level().rmsNorm(x.data(), y.data(), 1e-5f, 301, out.data());
        double squares = 0, sum = 0;
        for (const float value : x) {
            squares += double{value} * value;
            sum += std::exp((double{value} - 20) * 0.7);
        }
        for (std::size_t i = 0; i < 301; ++i)
            QVERIFY(std::fabs(out[i] - x[i] / std::sqrt(squares / 301 + 1e-5) * y[i]) < 2e-6);
        QCOMPARE(level().maximum(x.data(), 301), *std::max_element(x.begin(), x.end()));
        QVERIFY(std::fabs(level().sumExp(x.data(), 301, 20, 0.7f, out.data()) / sum - 1) < 1e-6);
        const float far = -1000;
        QCOMPARE(level().sumExp(&far, 1, 0, 1, nullptr), 0.0);
    }

    void rotationTurnsHalves() {
        for (const std::int64_t half : {5, 16, 37}) {
            const std::vector<float> head = randoms(static_cast<std::size_t>(2 * half), 11),
                                     c = randoms(static_cast<std::size_t>(half), 12),
                                     s = randoms(static_cast<std::size_t>(half), 13);
            std::vector<float> turned = head;
            level().rotate(turned.data(), c.data(), s.data(), half);
            for (std::size_t i = 0; i < static_cast<std::size_t>(half); ++i) {
                const float a = head[i], b = head[i + static_cast<std::size_t>(half)];
                QVERIFY(std::fabs(turned[i] - (a * c[i] - b * s[i])) < 1e-6);
                QVERIFY(std::fabs(turned[i + static_cast<std::size_t>(half)] -
                                  (b * c[i] + a * s[i])) < 1e-6);
            }
        }
    }

    void levelsWithFusedProductsAgreeInEveryBit() {
        const RowKernels* wide = rowKernelsNamed("avx512");
        if (!wide)
            QSKIP("needs a CPU with AVX-512");
        const Problem problem(5, 9, 203);
        std::vector<float> a(45), b(45);
        run(*wide, false, problem.args(false, 0, 5, a.data()), 0, 9);
        run(*rowKernelsNamed("avx2"), false, problem.args(false, 0, 5, b.data()), 0, 9);
        QCOMPARE(a, b);
    }

    void teamRunsEveryPieceOnce() {
        for (const int threads : {1, 2, 5}) {
            ThreadTeam team(threads);
            for (int round = 0; round < 300; ++round) {
                const int pieces = round % 40;
                std::vector<std::atomic<int>> counts(static_cast<std::size_t>(pieces));
                std::atomic<bool> stranger{false};
                team.run(pieces, [&](std::int64_t piece, int thread) {
                    counts[static_cast<std::size_t>(piece)].fetch_add(1);
                    if (thread < 0 || thread >= threads)
                        stranger = true;
                });
                QVERIFY(!stranger);
                for (const auto& count : counts)
                    QCOMPARE(count.load(), 1);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestRowKernels)
#include "tst_row_kernels.moc"
