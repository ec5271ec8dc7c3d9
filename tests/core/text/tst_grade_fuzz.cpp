// Thousands of made-up and mangled answers through the grader: it ends, within its own count of
// work, says the same again, and points at a range of the response. Seeded: a failure comes again.
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/text/compare_answers.h"
#include "core/text/grade.h"
#include "support/test_paths.h"

#include <QtTest/QtTest>

#include <array>
#include <set>

using namespace crux;
using namespace crux::text;

namespace {

constexpr int kMade = 3000, kMangled = 3000;
constexpr int kMostDepth = 12;
constexpr std::size_t kMostBytes = 4096;

/// Numbers of one test; equal seeds give equal answers on every machine.
class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : m_state(seed) {}
    /// 0 .. sides-1; SplitMix64.
    std::size_t roll(std::size_t sides) {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return static_cast<std::size_t>((z ^ (z >> 31)) % sides);
    }
    template <typename List> std::string_view of(const List& list) {
        return list[roll(std::size(list))];
    }

private:
    std::uint64_t m_state;
};

constexpr std::array<std::string_view, 44> kLeaves{"0",
                                                   "1",
                                                   "-1",
                                                   "7",
                                                   "0.5",
                                                   ".",
                                                   "1,234",
                                                   "12,34,5",
                                                   "1e9999",
                                                   "99999",
                                                   "007",
                                                   "3.1.4",
                                                   "1_000",
                                                   "x",
                                                   "y_{1}",
                                                   "\\pi",
                                                   "e",
                                                   "i",
                                                   "\\infty",
                                                   "\\text",
                                                   "50\\%",
                                                   "$",
                                                   "90^\\circ",
                                                   "101_2",
                                                   "ff_{16}",
                                                   "inf",
                                                   "nan",
                                                   "0x1F",
                                                   "1/0",
                                                   "\\emptyset",
                                                   "\\mathbb{R}",
                                                   "\\text{cm}",
                                                   "\\$5",
                                                   "A",
                                                   "(C)",
                                                   "no solution",
                                                   "0.\\overline{3}",
                                                   "1\\frac12",
                                                   "\xE2\x88\x9A",
                                                   "\xCF\x80",
                                                   "\xFF\xFE",
                                                   "\\\\",
                                                   "1000!",
                                                   "2^{64}"};
constexpr std::array<std::string_view, 20> kOperators{
    "+", "-", "*",     "/", "^", "=",     "<",      "\\le ",  "\\cdot ", "\\times ",
    ",", ";", "\\pm ", "!", "_", "\\in ", "\\cup ", "\\cap ", "&",       "\\\\"};
constexpr std::array<std::string_view, 24> kOpen{"(",           "[",
                                                 "{",           "\\{",
                                                 "|",           "\\left(",
                                                 "\\left[",     "\\frac{",
                                                 "\\sqrt{",     "\\sqrt[",
                                                 "\\log_{",     "\\binom{",
                                                 "\\text{",     "\\boxed{",
                                                 "\\sin(",      "\\gcd(",
                                                 "\\min(",      "\\lfloor ",
                                                 "\\overline{", "^{",
                                                 "_{",          "\\begin{pmatrix}",
                                                 "min(",        "lcm("};
constexpr std::array<std::string_view, 14> kClose{
    ")", "]", "}", "\\}", "|", "\\right)", "\\right]", "}{", "]{", "\\rfloor", "\\end{pmatrix}",
    "}", "}", ")"};

void addMade(Dice& dice, int depth, std::string& out) {
    const std::size_t parts = 1 + dice.roll(4);
    for (std::size_t i = 0; i < parts && out.size() < kMostBytes; ++i) {
        if (i > 0 && dice.roll(8) != 0)
            out += dice.of(kOperators);
        if (depth > 0 && dice.roll(3) != 0) {
            out += dice.of(kOpen);
            addMade(dice, depth - 1, out);
            if (dice.roll(10) != 0) // now and then left open
                out += dice.of(kClose);
        } else {
            out += dice.of(kLeaves);
        }
    }
}

std::string made(Dice& dice) {
    std::string answer;
    addMade(dice, static_cast<int>(dice.roll(kMostDepth)), answer);
    return answer;
}

/// A piece doubled, cut, moved or replaced, a few times; sometimes the whole many times over.
std::string mangled(Dice& dice, std::string text) {
    for (std::size_t times = dice.roll(6); times > 0 && !text.empty(); --times) {
        const std::size_t at = dice.roll(text.size());
        const std::string piece = text.substr(at, 1 + dice.roll(9));
        switch (dice.roll(5)) {
        case 0:
            text.erase(at, piece.size());
            break;
        case 1:
            text.insert(dice.roll(text.size()), piece);
            break;
        case 2:
            for (std::size_t more = 1 + dice.roll(40); more > 0 && text.size() < kMostBytes; --more)
                text.insert(at, piece);
            break;
        case 3:
            text.insert(at, dice.of(kLeaves));
            break;
        default:
            text[at] = static_cast<char>(dice.roll(256));
        }
    }
    return text;
}

/// How responses of the tasks and profiles bring their answers.
std::string saying(Dice& dice, const std::string& answer) {
    switch (dice.roll(6)) {
    case 0:
        return "So \\boxed{" + answer + "}.";
    case 1:
        return "The answer is $" + answer + "$.";
    case 2:
        return "Final Answer: The final answer is $" + answer + "$. I hope it is correct.";
    case 3:
        return "#### " + answer;
    case 4:
        return answer + "\n\nQuestion: " + answer;
    default:
        return answer;
    }
}

std::vector<std::string> knownAnswers() {
    std::vector<std::string> answers;
    QFile file(crux::test::dataDir() + QStringLiteral("/text/grade_pairs.jsonl"));
    if (file.open(QIODevice::ReadOnly))
        for (const QByteArray& line : file.readAll().split('\n'))
            if (!line.isEmpty()) {
                const Json row = *parseJson(line.toStdString());
                answers.push_back(row.at("a").get<std::string>());
                answers.push_back(row.at("b").get<std::string>());
            }
    return answers;
}

} // namespace

class TestGradeFuzz : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void madeAnswers();
    void mangledAnswers();

private:
    void check(Dice& dice, const std::string& given, const std::string& gold);
    std::set<std::string_view> m_codes = [] {
        std::set<std::string_view> codes;
        for (const ReasonMeaning& reason : gradeReasons())
            codes.insert(reason.code);
        return codes;
    }();
};

void TestGradeFuzz::check(Dice& dice, const std::string& given, const std::string& gold) {
    const auto saidOf = [&] { return cat("<", given, ">  against  <", gold, ">"); };
    MathWork work;
    compareAnswers(given, gold, work);
    // The step that reaches the limit may cost as much as the largest number it may touch.
    QVERIFY2(work.used() <= 2 * MathWork::kLimit, saidOf().c_str());
    const std::string response = saying(dice, given);
    for (const auto task : {GradeTask::Gsm8k, GradeTask::Math})
        for (const auto profile :
             {GradeProfile::Crux, GradeProfile::Authors, GradeProfile::Minerva}) {
            const Grade first = grade(task, profile, response, gold);
            QVERIFY2(m_codes.count(first.reason), (first.reason + saidOf()).c_str());
            const auto size = static_cast<int>(response.size());
            const bool none = first.extractedBegin == -1 && first.extractedEnd == -1;
            const bool inside = 0 <= first.extractedBegin &&
                                first.extractedBegin <= first.extractedEnd &&
                                first.extractedEnd <= size;
            QVERIFY2(none || inside, saidOf().c_str());
            QVERIFY2(first.extracted.size() <= 8 * response.size() + 16384, saidOf().c_str());
            const Grade again = grade(task, profile, response, gold);
            QVERIFY2(again.verdict == first.verdict && again.extracted == first.extracted &&
                         again.reason == first.reason,
                     saidOf().c_str());
        }
}

void TestGradeFuzz::madeAnswers() {
    Dice dice(1);
    for (int i = 0; i < kMade && !QTest::currentTestFailed(); ++i) {
        const std::string given = made(dice);
        check(dice, given, dice.roll(3) == 0 ? mangled(dice, given) : made(dice));
    }
}

void TestGradeFuzz::mangledAnswers() {
    const std::vector<std::string> known = knownAnswers();
    QVERIFY(known.size() >= 800);
    Dice dice(2);
    for (int i = 0; i < kMangled && !QTest::currentTestFailed(); ++i) {
        const std::size_t pair = dice.roll(known.size() / 2);
        check(dice, mangled(dice, known[2 * pair]), mangled(dice, known[2 * pair + 1]));
    }
}

QTEST_APPLESS_MAIN(TestGradeFuzz)
#include "tst_grade_fuzz.moc"
