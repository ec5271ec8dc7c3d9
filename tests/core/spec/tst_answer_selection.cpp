// Selection by answer frequency (REFERENCE.md 0.2) on hand-made answer tables, and the presets of
// the sample job.
#include "core/spec/answer_selection.h"
#include "core/spec/params.h"
#include "core/spec/sample_presets.h"

#include <QtTest/QtTest>

using namespace crux;

namespace {

/// "18+ 18+ 7- ?" : right, wrong and missing answers.
std::vector<GradedAnswer> answers(const char* words) {
    std::vector<GradedAnswer> list;
    for (const QByteArray& word : QByteArray(words).split(' ')) {
        if (word.isEmpty())
            continue;
        const char sign = word.back();
        list.push_back({word.chopped(1).toStdString(), sign == '+'   ? Verdict::Right
                                                       : sign == '-' ? Verdict::Wrong
                                                       : sign == '?' ? Verdict::NoAnswer
                                                                     : Verdict::Ungraded});
    }
    return list;
}

QByteArray list(const std::vector<std::size_t>& indices) {
    QByteArray text;
    for (const std::size_t i : indices)
        text += (text.isEmpty() ? "" : " ") + QByteArray::number(static_cast<qulonglong>(i));
    return text;
}

} // namespace

class TestAnswerSelection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void paperRule_data();
    void paperRule();
    void otherRules();
    void presets();
    void paperTemperatures_data();
    void paperTemperatures();
};

void TestAnswerSelection::paperRule_data() {
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("positive");
    QTest::addColumn<QByteArray>("negative");
    QTest::addColumn<QByteArray>("pair");
    QTest::addColumn<QByteArray>("reasons"); // positive, negative, pair
    QTest::addRow("one of each") << QByteArray("4+ 5-") << QByteArray("0") << QByteArray("1")
                                 << QByteArray("0/1") << QByteArray("//");
    // The most frequent right answer is written "9.0", although "9" came first.
    QTest::addRow("most frequent right")
        << QByteArray("9+ 9.0+ 9.0+ 1-") << QByteArray("1") << QByteArray("3") << QByteArray("1/3")
        << QByteArray("//");
    // 3 of 8 wrong ones are "1", 2 are "2": together more than half, so "3" is not reached.
    QTest::addRow("half of the wrong mass")
        << QByteArray("1- 2- 1- 3- 2- 1- 4- 3-") << QByteArray() << QByteArray("0 1")
        << QByteArray() << QByteArray("no_right//no_right");
    QTest::addRow("exactly half is enough")
        << QByteArray("1- 1- 2- 2-") << QByteArray() << QByteArray("0") << QByteArray()
        << QByteArray("no_right//no_right");
    // All wrong answers occur once: the first stands alone.
    QTest::addRow("single ones") << QByteArray("8+ 1- 2- 3- 4-") << QByteArray("0")
                                 << QByteArray("1") << QByteArray("0/1") << QByteArray("//");
    // "1" covers 2 of 6; the others occur once and are not taken although half is not reached.
    QTest::addRow("no repeats after the first")
        << QByteArray("1- 2- 1- 3- 4- 5-") << QByteArray() << QByteArray("0") << QByteArray()
        << QByteArray("no_right//no_right");
    QTest::addRow("ties go to the first drawn")
        << QByteArray("3- 2- 2- 3- 6+ 5+") << QByteArray("4") << QByteArray("0")
        << QByteArray("4/0") << QByteArray("//");
    QTest::addRow("no answer is no wrong answer")
        << QByteArray("? ? ? 5+") << QByteArray("3") << QByteArray() << QByteArray()
        << QByteArray("/no_wrong/no_wrong");
    QTest::addRow("nothing found")
        << QByteArray("? ?") << QByteArray() << QByteArray() << QByteArray()
        << QByteArray("no_answer_only/no_answer_only/no_answer_only");
    QTest::addRow("no gold") << QByteArray("3u 4u") << QByteArray() << QByteArray() << QByteArray()
                             << QByteArray("ungraded/ungraded/ungraded");
    QTest::addRow("nothing") << QByteArray() << QByteArray() << QByteArray() << QByteArray()
                             << QByteArray("no_samples/no_samples/no_samples");
}

void TestAnswerSelection::paperRule() {
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, positive);
    QFETCH(QByteArray, negative);
    QFETCH(QByteArray, pair);
    QFETCH(QByteArray, reasons);
    const auto chosen = selectAnswers(answers(given.constData()), SelectionRule{});
    QCOMPARE(list(chosen.positive), positive);
    QCOMPARE(list(chosen.negative), negative);
    QByteArray pairs;
    for (const auto& one : chosen.pairs)
        pairs += QByteArray::number(static_cast<qulonglong>(one.chosen)) + "/" +
                 QByteArray::number(static_cast<qulonglong>(one.rejected));
    QCOMPARE(pairs, pair);
    QCOMPARE(QByteArray::fromStdString(chosen.noPositive + "/" + chosen.noNegative + "/" +
                                       chosen.noPair),
             reasons);
}

void TestAnswerSelection::otherRules() {
    const auto given = answers("1+ 2+ 1+ 7- 8- 7- 8- 9-");
    SelectionRule rule;
    rule.perAnswer = 0; // all responses of the chosen answers
    auto chosen = selectAnswers(given, rule);
    QCOMPARE(list(chosen.positive), QByteArray("0 2"));
    QCOMPARE(list(chosen.negative), QByteArray("3 5 4 6"));
    QCOMPARE(chosen.pairs.size(), std::size_t{2}); // 0/3 and 2/5
    QCOMPARE(chosen.pairs[1].rejected, std::size_t{5});
    rule.perAnswer = 1;
    rule.positiveTopK = 2;
    rule.preferenceTopK = 2;
    rule.negativeTopP = 1;
    rule.negativeRepeats = 1;
    chosen = selectAnswers(given, rule);
    QCOMPARE(list(chosen.positive), QByteArray("0 1"));
    QCOMPARE(list(chosen.negative), QByteArray("3 4 7"));
    QCOMPARE(chosen.pairs.size(), std::size_t{2});
    rule.positiveTopK = 0;
    rule.negativeTopP = 0;
    rule.preferenceTopK = 0;
    chosen = selectAnswers(given, rule);
    QCOMPARE(QByteArray::fromStdString(chosen.noPositive + chosen.noNegative + chosen.noPair),
             QByteArray("offoffoff"));
}

void TestAnswerSelection::presets() {
    for (const bool math : {false, true})
        for (const SamplePreset& preset : samplePresets("Meta-Llama-3-8B", math)) {
            const auto complete = completeSpec("sample", preset.spec);
            QVERIFY2(complete.ok(), preset.name.c_str());
            QVERIFY(!preset.doc.empty());
        }
    const auto paper = samplePreset("paper", "Qwen2.5-7B", false);
    QVERIFY(paper.ok());
    QCOMPARE(paper->spec.at("n").get<int>(), 64);
    QCOMPARE(paper->spec.at("top_p").get<double>(), 0.95);
    QCOMPARE(paper->spec.at("temperature").get<double>(), 0.9);
    QVERIFY(samplePreset("Small-CPU", "", false).ok());
    const auto none = samplePreset("big", "", false);
    QVERIFY(!none.ok());
    QVERIFY(none.error().message.find("authors") != std::string::npos);
}

void TestAnswerSelection::paperTemperatures_data() {
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<double>("gsm8k");
    QTest::addColumn<double>("math");
    QTest::addRow("8B") << QByteArray("meta-llama/Meta-Llama-3-8B") << 0.5 << 0.1;
    QTest::addRow("70B") << QByteArray("/models/Llama-3-70B") << 0.85 << 0.15;
    QTest::addRow("deepseek") << QByteArray("deepseek-math-7b-base") << 1.0 << 0.3;
    QTest::addRow("qwen 7B") << QByteArray("Qwen2.5-7B") << 0.9 << 0.5;
    QTest::addRow("qwen 32B") << QByteArray("qwen2.5-32b") << 1.1 << 0.7;
}

void TestAnswerSelection::paperTemperatures() {
    QFETCH(QByteArray, model);
    QFETCH(double, gsm8k);
    QFETCH(double, math);
    QCOMPARE(paperTemperature(model.toStdString(), false).value_or(-1), gsm8k);
    QCOMPARE(paperTemperature(model.toStdString(), true).value_or(-1), math);
    QVERIFY(!paperTemperature("stories260K", false));
}

QTEST_GUILESS_MAIN(TestAnswerSelection)
#include "tst_answer_selection.moc"
