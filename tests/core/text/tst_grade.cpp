// Answer extraction and verdicts: hand-made cases a profile, the published verdicts of ../shared,
// and hostile texts.
#include "core/text/grade.h"
#include "core/text/number.h"
#include "reference_lines.h"

#include <QtTest/QtTest>

using namespace crux;
using namespace crux::test;
using text::GradeProfile;
using text::GradeTask;

namespace {

text::Grade gsm8k(GradeProfile profile, const std::string& response, const std::string& gold) {
    return text::grade(GradeTask::Gsm8k, profile, response, gold);
}

struct Case {
    const char* name;
    const char* response;
    const char* gold;
    const char* extracted;
    Verdict verdict;
    const char* reason;
};

void addRows(std::initializer_list<Case> cases) {
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QByteArray>("gold");
    QTest::addColumn<QByteArray>("extracted");
    QTest::addColumn<int>("verdict");
    QTest::addColumn<QByteArray>("reason");
    for (const Case& c : cases)
        QTest::newRow(c.name) << QByteArray(c.response) << QByteArray(c.gold)
                              << QByteArray(c.extracted) << int(c.verdict) << QByteArray(c.reason);
}

void compareRow(GradeTask task, GradeProfile profile) {
    QFETCH(QByteArray, response);
    QFETCH(QByteArray, gold);
    QFETCH(QByteArray, extracted);
    QFETCH(int, verdict);
    QFETCH(QByteArray, reason);
    const auto grade = text::grade(task, profile, response.toStdString(), gold.toStdString());
    QCOMPARE(QByteArray::fromStdString(grade.extracted), extracted);
    QCOMPARE(int(grade.verdict), verdict);
    QCOMPARE(QByteArray::fromStdString(grade.reason), reason);
    QCOMPARE(grade.extractedBegin < 0, extracted.isEmpty());
}

constexpr auto kRight = Verdict::Right;
constexpr auto kWrong = Verdict::Wrong;
constexpr auto kNone = Verdict::NoAnswer;

} // namespace

class TestGrade : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void crux_data() {
        addRows({
            {"hashes", "3+4=7 #### 7\n", "7", "7", kRight, "exact"},
            {"hashes win over later numbers", "#### 7\nThat took 3 steps.", "7", "7", kRight,
             "exact"},
            {"last hashes", "#### 5\nno, wait\n#### 7", "7", "7", kRight, "exact"},
            {"empty hashes fall through", "#### 7\n####", "7", "7", kRight, "exact"},
            {"A line", "so 16 * 7 = <<16*7=112>>112\nA: 224", "224", "224", kRight, "exact"},
            {"the next question is not answered here", "a. #### 21\n Question: b\nAnswer: #### 58",
             "21", "21", kRight, "exact"},
            {"calculator marks are no answer", "he has <<3+4=7>>", "7", "", kNone, "no_answer"},
            {"calculator joined to text", "it is $<<9*2=18>>18 in all", "18", "18", kRight,
             "exact"},
            {"the answer is", "4 and 5. The answer is 9 apples, not 10.", "9", "9", kRight,
             "exact"},
            {"answer with equation", "The answer is 3 x 4 = 12 of 20.", "12", "12", kRight,
             "exact"},
            {"answer on the next line", "**Answer:**\n\n18", "18", "18", kRight, "exact"},
            {"boxed", "thus \\boxed{\\$18.00} after 3 days", "18", "18", kRight, "numeric"},
            {"boxed fraction", "so \\boxed{\\frac{1}{2}}", "0.5", "1/2", kRight, "numeric"},
            {"last number", "He sold 3, then 4 more, so 7 are left.", "7", "7", kRight, "exact"},
            {"thousands", "#### 2,125,000", "2125000", "2125000", kRight, "numeric"},
            {"thousands in gold", "#### 114200", "114,200", "114200", kRight, "exact"},
            {"no thousands", "#### 1,2", "12", "1", kWrong, "different"},
            {"currency", "#### $18", "18", "18", kRight, "numeric"},
            {"euro behind the minus",
             "#### -\xE2\x82\xAC"
             "5",
             "-5", "-5", kRight, "numeric"},
            {"full stop", "The answer is 18.", "18", "18", kRight, "exact"},
            {"decimal zero", "#### 18.0", "18", "18", kRight, "numeric"},
            {"decimals differ", "#### 18.01", "18", "18.01", kWrong, "different"},
            {"a tiny difference", "#### 0.3000000000000000000001", "0.3",
             "0.3000000000000000000001", kWrong, "different"},
            {"leading point", "#### .5", "0.5", "0.5", kRight, "numeric"},
            {"fraction", "#### 1/2", "0.5", "1/2", kRight, "numeric"},
            {"fraction of the gold", "#### 0.75", "3/4", "0.75", kRight, "numeric"},
            {"improper fraction", "#### 36/2", "18", "36/2", kRight, "numeric"},
            {"mixed number", "#### 3 1/2", "3.5", "7/2", kRight, "numeric"},
            {"division by zero", "#### 1/0", "1", "1", kRight, "exact"},
            {"unicode minus",
             "#### \xE2\x88\x92"
             "5",
             "-5", "-5", kRight, "numeric"},
            {"subtraction is no sign", "leaves 10-5", "5", "5", kRight, "exact"},
            {"percent", "#### 50%", "50", "50", kRight, "numeric"},
            {"percent as a part", "#### 50%", "0.5", "50", kRight, "percent"},
            {"exponent", "#### 1.5e3", "1500", "1500", kRight, "numeric"},
            {"negative zero", "#### -0.0", "0", "0", kRight, "numeric"},
            {"next question", "#### 7\n\nQuestion: 8 and\n#### 9", "7", "7", kRight, "exact"},
            {"stops at a step", "Now 28+8=36. Liz loses 5: 36-5=31.\n", "31", "31", kRight,
             "exact"},
            {"step with a unit", "Now she has 36-5=31 eggs.", "31", "31", kRight, "exact"},
            {"stated as a value", "so x=31.", "31", "31", kRight, "exact"},
            {"nothing", "I do not know.", "7", "", kNone, "no_answer"},
            {"empty", "", "7", "", kNone, "no_answer"},
            {"gold in words", "#### 7", "seven", "7", kWrong, "gold_not_a_number"},
            {"gold with its solution", "#### 7", "3+4=<<3+4=7>>7\n#### 7", "7", kRight, "exact"},
        });
    }
    void crux() { compareRow(GradeTask::Gsm8k, GradeProfile::Crux); }

    /// UX.md 3.12: no verdict while it depends on which of several answers is meant.
    void ambiguous_data() {
        QTest::addColumn<bool>("math");
        QTest::addColumn<QByteArray>("response");
        QTest::addColumn<QByteArray>("gold");
        QTest::addColumn<QStringList>("places"); // none: it is not ambiguous
        QTest::addColumn<int>("verdict");
        const auto row = [](bool math, const char* response, const char* gold, QStringList places,
                            Verdict verdict = Verdict::NoAnswer) {
            QTest::newRow(response) << math << QByteArray(response) << QByteArray(gold)
                                    << std::move(places) << int(verdict);
        };
        row(false, "#### 5 or 7", "5", {"5", "7"});
        row(false, "The answer is 5 dollars or 7 dollars.", "7", {"5", "7"});
        row(false, "#### 5 or 7", "8", {}, kWrong);
        row(false, "#### 5\n#### 7", "5", {"5", "7"});
        row(false, "#### 5\n#### 7", "6", {}, kWrong);
        row(false, "#### 7.0\n#### 7", "7", {}, kRight);
        row(false, "#### 5\nNo, that is wrong.\n#### 7", "7", {}, kRight);
        row(false, "He pays $18 for 3 shirts.", "18", {"$18", "3"});
        row(false, "He pays 3 * 6 = 18 for 3 shirts", "3", {}, kRight);
        row(false, "He sold 3, then 4 more, so 7 are left.", "7", {}, kRight);
        row(true, "\\boxed{5} and then, \\boxed{7}", "5", {"5", "7"});
        row(true, "\\boxed{5} or \\boxed{7}", "7", {"5", "7"});
        row(true, "\\boxed{5} or \\boxed{7}", "5, 7", {}, kRight);
        row(true, "The answer is $5$ or $7$", "7", {"$5$", "$7$"});
        row(true, "The answer is $x = 5$ or $x = 7$", "5, 7", {}, kRight);
        row(true, "\\boxed{5}. Wait, I made a mistake: \\boxed{7}", "7", {}, kRight);
    }
    void ambiguous() {
        QFETCH(bool, math);
        QFETCH(QByteArray, response);
        QFETCH(QByteArray, gold);
        QFETCH(QStringList, places);
        QFETCH(int, verdict);
        const auto grade =
            text::grade(math ? GradeTask::Math : GradeTask::Gsm8k, GradeProfile::Crux,
                        response.toStdString(), gold.toStdString());
        QCOMPARE(int(grade.verdict), verdict);
        QCOMPARE(grade.reason == "ambiguous", !places.isEmpty());
        QStringList found;
        for (std::size_t i = 0; i + 1 < grade.spans.size(); i += 2)
            found << QString::fromUtf8(
                response.mid(grade.spans[i], grade.spans[i + 1] - grade.spans[i]));
        QCOMPARE(found, places);
    }

    // Expected values follow the published script line by line, faults included.
    void authors_data() {
        addRows({
            {"last number", "16 then 7. #### 18.", "18", "18", kRight, "exact"},
            {"full stop", "The answer is 18.", "18", "18", kRight, "exact"},
            {"half after the phrase", "The answer is 1/2", "0.5", "1", kWrong, "different"},
            {"half elsewhere", "so 1/2", "2", "2", kRight, "exact"},
            {"first phrase", "The answer is 4. No, the answer is 5.", "4", "4", kRight, "exact"},
            {"nothing between phrases", "The answer is unknown. The answer is 5.", "5", "", kNone,
             "no_answer"},
            {"signs",
             "the answer is $1,200 of \xC2\xA3"
             "3",
             "1200", "1200", kRight, "exact"},
            {"percentage leniency", "the answer is 0.5", "50", "0.5", kRight, "percent"},
            {"close enough", "the answer is 10000.5", "10000", "10000.5", kRight, "numeric"},
            {"a minus that subtracts", "so 10-5", "-5", "-5", kRight, "exact"},
            {"calculator counts", "<<3+4=7>>", "7", "7", kRight, "exact"},
            {"next problem", "7\n\nProblem: 8", "7", "7", kRight, "exact"},
            {"nothing", "none", "7", "", kNone, "no_answer"},
        });
    }
    void authors() { compareRow(GradeTask::Gsm8k, GradeProfile::Authors); }

    void minerva_data() {
        addRows({
            {"both", "3+4=7\n#### 7", "7", "7", kRight, "strict"},
            {"no hashes", "The answer is 7.", "7", "7", kRight, "flexible_only"},
            {"later number", "#### 7\nin 3 steps", "7", "3", kWrong, "strict_only"},
            {"currency", "It costs $1,200.", "1200", "1200", kRight, "flexible_only"},
            {"decimal zero is a text", "#### 18.0", "18", "18.0", kWrong, "different"},
            {"nothing", "none", "7", "", kNone, "no_answer"},
        });
    }
    void minerva() { compareRow(GradeTask::Gsm8k, GradeProfile::Minerva); }

    void math_data() {
        addRows({
            {"boxed text", "so $\\boxed{\\left( 3, \\frac{\\pi}{2} \\right)}$.",
             "\\left( 3, \\frac{\\pi}{2} \\right)", "( 3, \\frac{\\pi}{2} )", kRight, "string"},
            {"nested braces", "\\boxed{\\frac{1}{2}} and so", "0.5", "\\frac{1}{2}", kRight,
             "exact"},
            {"dfrac", "\\boxed{\\dfrac{14}{3}}", "\\frac{14}{3}", "\\frac{14}{3}", kRight,
             "string"},
            {"minerva's form", "Final Answer: The final answer is $42$. I hope it is correct.",
             "42", "42", kRight, "string"},
            {"units", "\\boxed{5\\text{ cm}}", "5\\text{ cm}", "5\\text{ cm}", kRight, "string"},
            {"x equals", "\\boxed{x = 5}", "5", "x = 5", kRight, "exact"},
            {"gold as a solution", "\\boxed{9}", "Thus $\\boxed{9}$.", "9", kRight, "string"},
            {"other polynomial", "\\boxed{x+1}", "x-1", "x+1", kWrong, "different"},
            {"other number", "\\boxed{8}", "9", "8", kWrong, "different"},
            {"unfinished box", "\\boxed{8", "8", "8", kRight, "string"},
            {"nothing", "no", "9", "", kNone, "no_answer"},
        });
    }
    void math() { compareRow(GradeTask::Math, GradeProfile::Crux); }

    void rangesAreOfTheResponse() {
        const std::string response = "Ann <<1+1=2>> says: the answer is $1,200.50 today";
        for (const auto profile : {GradeProfile::Crux, GradeProfile::Authors}) {
            const auto grade = gsm8k(profile, response, "1200.5");
            QCOMPARE(int(grade.verdict), int(kRight));
            const std::string range =
                response.substr(std::size_t(grade.extractedBegin),
                                std::size_t(grade.extractedEnd - grade.extractedBegin));
            QCOMPARE(range, std::string(profile == GradeProfile::Crux ? "$1,200.50" : "1,200.50"));
        }
    }

    void emptyGoldIsUngraded() {
        QCOMPARE(int(gsm8k(GradeProfile::Crux, "#### 7", " ").verdict), int(Verdict::Ungraded));
    }

    void golds() {
        QCOMPARE(text::gsm8kGold("x\n#### 1,234"), std::string("1234"));
        QCOMPARE(text::gsm8kGold("b\nA: 18"), std::string("18"));
        QCOMPARE(text::gsm8kGold(" 5 "), std::string("5"));
        QCOMPARE(text::gsm8kGold("DNA: 5"), std::string("DNA: 5"));
    }

    void namesAreChecked() {
        QVERIFY(text::gradeTaskFromName("gsm8k").ok());
        QVERIFY(!text::gradeTaskFromName("gsm9k").ok());
        QVERIFY(text::gradeProfileFromName("authors").ok());
        QVERIFY(!text::gradeProfileFromName("").ok());
    }

    void longNumbersCompareByForm() {
        const std::string digits(100000, '7');
        QCOMPARE(int(gsm8k(GradeProfile::Crux, "#### " + digits, digits).verdict), int(kRight));
        QCOMPARE(int(gsm8k(GradeProfile::Crux, "#### " + digits + "1", digits).verdict),
                 int(kWrong));
        QCOMPARE(gsm8k(GradeProfile::Crux, "1/" + digits, digits).reason, std::string("different"));
    }

    /// Each text would take minutes if a rule were quadratic; the test's own limit is the judge.
    void hostileTextsEnd_data() {
        QTest::addColumn<QByteArray>("unit");
        for (const char* unit : {"####",     "#### ",   "<<",
                                 "<<\n",     ">>",      "\\boxed{",
                                 "\\frac{1", "A:\n",    "the answer is ",
                                 "-",        "1,",      "1/",
                                 "1 ",       "$",       "\\",
                                 "=",        "{",       "\xE2\x88\x92",
                                 ".",        "answer:", "3 1/2 ",
                                 "1e"})
            QTest::newRow(unit) << QByteArray(unit);
    }
    void hostileTextsEnd() {
        QFETCH(QByteArray, unit);
        const std::string response = unit.repeated(300'000 / unit.size()).toStdString();
        for (const auto profile :
             {GradeProfile::Crux, GradeProfile::Authors, GradeProfile::Minerva}) {
            const auto grade = gsm8k(profile, response, "7");
            QVERIFY(grade.extractedEnd <= int(response.size()));
        }
        const auto grade = text::grade(GradeTask::Math, GradeProfile::Crux, response, "7");
        QVERIFY(grade.verdict != Verdict::Ungraded);
    }

    void modelSolutions() {
        CRUX_NEEDS_SHARED("gsm8k/model_solutions.jsonl");
        int graded = 0;
        int different = 0;
        for (const Json& row : sharedLines("gsm8k/model_solutions.jsonl"))
            for (const char* model :
                 {"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}) {
                const std::string solution = row[model]["solution"];
                const auto grade = gsm8k(GradeProfile::Crux, solution, row["ground_truth"]);
                ++graded;
                if ((grade.verdict == kRight) == row[model]["is_correct"].get<bool>())
                    continue;
                if (++different <= 10)
                    qWarning("%s | extracted %s | %s", solution.c_str(), grade.extracted.c_str(),
                             grade.reason.c_str());
            }
        QCOMPARE(graded, 2640);
        QCOMPARE(different, 0);
    }

    void wordProblems() {
        CRUX_NEEDS_SHARED("models/wordproblems/trajectories.jsonl");
        int graded = 0;
        int lenient =
            0; // one row stops at the right value before it writes "####"; its label asks for that
        for (const Json& row : sharedLines("models/wordproblems/trajectories.jsonl")) {
            const std::string response = row["response"];
            const auto grade = gsm8k(GradeProfile::Crux, response, row["answer"]);
            ++graded;
            const bool labelled = row["correct"].get<bool>();
            if (!labelled && grade.verdict == kRight && response.find("####") == std::string::npos)
                ++lenient;
            else
                QVERIFY2((grade.verdict == kRight) == labelled, response.c_str());
        }
        QCOMPARE(graded, 1600);
        QCOMPARE(lenient, 1);
    }
};

QTEST_GUILESS_MAIN(TestGrade)
#include "tst_grade.moc"
