// MATH answers: the table of pairs, hostile LaTeX, the three profiles, and real model answers.
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/text/compare_answers.h"
#include "core/text/grade.h"
#include "support/test_paths.h"

#include <QtTest/QtTest>

using namespace crux;
using namespace crux::text;

namespace {

std::vector<Json> rowsOf(const QString& path) {
    std::vector<Json> rows;
    QFile file(path);
    if (file.open(QIODevice::ReadOnly))
        for (const QByteArray& line : file.readAll().split('\n'))
            if (!line.isEmpty())
                rows.push_back(*parseJson(line.toStdString()));
    return rows;
}

std::string repeated(std::string_view piece, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += piece;
    return all;
}

bool rightBy(GradeProfile profile, const std::string& response, const std::string& gold) {
    return grade(GradeTask::Math, profile, response, gold).verdict == Verdict::Right;
}

} // namespace

class TestMathAnswers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pairs();
    void hostileLatexEnds_data();
    void hostileLatexEnds();
    void profilesDiffer_data();
    void profilesDiffer();
    void authorsReadAsSympy_data();
    void authorsReadAsSympy();
    void realAnswers();
};

void TestMathAnswers::pairs() {
    const auto rows = rowsOf(crux::test::dataDir() + QStringLiteral("/text/grade_pairs.jsonl"));
    QVERIFY(rows.size() >= 400);
    QSet<QString> forms;
    for (const Json& row : rows) {
        MathWork work;
        const auto a = row.at("a").get<std::string>(), b = row.at("b").get<std::string>();
        const bool equal = compareAnswers(a, b, work).equal;
        QVERIFY2(equal == row.at("equal").get<bool>(), (a + "  |  " + b).c_str());
        forms.insert(QString::fromStdString(row.at("form").get<std::string>()));
    }
    for (const char* form :
         {"fraction", "root", "power", "pi", "percent", "degrees", "units", "interval", "set",
          "tuple", "matrix", "mixed number", "base", "text", "plus-minus", "thousands", "currency"})
        QVERIFY2(forms.contains(QString::fromLatin1(form)), form);
}

void TestMathAnswers::hostileLatexEnds_data() {
    QTest::addColumn<QByteArray>("answer");
    const auto add = [](const char* name, const std::string& answer) {
        QTest::newRow(name) << QByteArray::fromStdString(answer);
    };
    add("tower", "9^{9^{9^{9}}}");
    add("factorials", "100000!!!!");
    add("braces", repeated("{", 500'000) + repeated("}", 500'000));
    add("open braces", repeated("{", 1'000'000));
    add("fractions", repeated("\\frac{1}{", 5000) + "2" + repeated("}", 5000));
    add("roots", repeated("\\sqrt{", 5000));
    add("bars", repeated("|", 20'001));
    add("minus signs", repeated("-", 200'000) + "1");
    add("plus-minus", repeated("\\pm 1 ", 60));
    add("digits", repeated("9", 300'000));
    add("power of a sum", "(x+y+z+1)^{99999}");
    add("NUL and broken UTF-8", std::string("1\0\xff\xfe", 4) + "\\frac");
    add("backslashes", repeated("\\", 300'000));
}

/// The comparison's own count of work bounds it, whatever the answer; nothing here may be right.
void TestMathAnswers::hostileLatexEnds() {
    QFETCH(QByteArray, answer);
    MathWork work;
    QVERIFY(!compareAnswers(answer.toStdString(), "7", work).equal);
    for (const auto profile : {GradeProfile::Crux, GradeProfile::Authors, GradeProfile::Minerva})
        QVERIFY(!rightBy(profile, "The answer is \\boxed{" + answer.toStdString() + "}", "7"));
}

void TestMathAnswers::profilesDiffer_data() {
    QTest::addColumn<QByteArray>("response");
    QTest::addColumn<QByteArray>("gold");
    QTest::addColumn<bool>("crux");
    QTest::addColumn<bool>("authors");
    QTest::addColumn<bool>("minerva");
    QTest::newRow("same text") << QByteArray("\\boxed{42}") << QByteArray("42") << true << true
                               << true;
    QTest::newRow("a hundredth") << QByteArray("\\boxed{0.42}") << QByteArray("42") << false << true
                                 << false;
    QTest::newRow("other number") << QByteArray("\\boxed{43}") << QByteArray("42") << false << false
                                  << false;
}

void TestMathAnswers::profilesDiffer() {
    QFETCH(QByteArray, response);
    QFETCH(QByteArray, gold);
    QFETCH(bool, crux);
    QFETCH(bool, authors);
    QFETCH(bool, minerva);
    // Minerva's own form of an answer, so that its extraction finds it.
    const std::string number = response.mid(7, response.size() - 8).toStdString();
    const std::string said =
        "Final Answer: The final answer is $" + number + "$. I hope it is correct.";
    QCOMPARE(rightBy(GradeProfile::Crux, response.toStdString(), gold.toStdString()), crux);
    QCOMPARE(rightBy(GradeProfile::Authors, response.toStdString(), gold.toStdString()), authors);
    QCOMPARE(rightBy(GradeProfile::Minerva, said, gold.toStdString()), minerva);
}

/// What sympy's names mean to the authors' script; a factorial too large for a float is infinite
/// there, and infinities are close.
void TestMathAnswers::authorsReadAsSympy_data() {
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QByteArray>("gold");
    QTest::addColumn<bool>("right");
    const auto row = [](const char* answer, const char* gold, bool right) {
        QTest::newRow(answer) << QByteArray(answer) << QByteArray(gold) << right;
    };
    row("100000!", "99999!", true);
    row("2001!", "5", false);
    row("6!", "720", true);
    row("lcm(4,6)", "12", true);
    row("lcm(4,10)", "12", false);
    row("gcd(4,6)", "2", true);
    row("max(2,3,1)", "3", true);
    row("min(a,b)", "Min(b,a)", true);
    row("min(a,c)", "a", false);
}

void TestMathAnswers::authorsReadAsSympy() {
    QFETCH(QByteArray, answer);
    QFETCH(QByteArray, gold);
    QFETCH(bool, right);
    const std::string response = "\\boxed{" + answer.toStdString() + "}";
    QCOMPARE(rightBy(GradeProfile::Authors, response, gold.toStdString()), right);
}

/// One disagreement is known: row 285 answers 1.25 where the gold answer is 1.25 too; its label
/// says wrong, for the path to the answer perhaps, which no comparison of answers can see.
void TestMathAnswers::realAnswers() {
    const QString file =
        crux::test::sharedDir() + QStringLiteral("/math500/math500_first250.jsonl");
    if (!QFile::exists(file))
        QSKIP("needs ../shared/data");
    int right = 0, missed = 0, accepted = 0;
    for (const Json& row : rowsOf(file)) {
        bool found = false;
        for (const Json& gold : row.at("answer"))
            found = found || rightBy(GradeProfile::Crux, row.at("response").get<std::string>(),
                                     gold.get<std::string>());
        const bool label = row.at("response_label").get<bool>();
        right += label && found;
        missed += label && !found;
        accepted += !label && found;
        if (label != found)
            qInfo("row %s: label %s", dumpJson(row.at("id")).c_str(), label ? "right" : "wrong");
    }
    qInfo("right as labelled %d, missed %d, accepted against the label %d", right, missed,
          accepted);
    QCOMPARE(missed, 0);
    QVERIFY(accepted <= 3);
}

QTEST_APPLESS_MAIN(TestMathAnswers)
#include "tst_math_answers.moc"
