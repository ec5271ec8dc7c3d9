// Few-shot prompts: the built-in examples are right by our own grader, a data set's solutions
// become examples, and the plain form is what training uses.
#include "core/text/few_shot.h"
#include "core/text/grade.h"

#include <QtTest/QtTest>

using namespace crux;
using namespace crux::text;

class TestFewShot : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void builtinExamplesAreSound();
    void forms();
    void solutionsAsExamples();
};

void TestFewShot::builtinExamplesAreSound() {
    const std::vector<std::string> golds[] = {{"72", "19", "165", "310", "1000", "27", "40", "42"},
                                              {"4", "24", "\\frac{3}{8}", "15"}};
    for (const bool math : {false, true}) {
        const auto& examples = builtinExamples(math);
        const auto& gold = golds[math ? 1 : 0];
        QCOMPARE(examples.size(), gold.size());
        for (std::size_t i = 0; i < examples.size(); ++i)
            for (const GradeProfile profile : {GradeProfile::Crux, GradeProfile::Authors}) {
                const Grade verdict = grade(math ? GradeTask::Math : GradeTask::Gsm8k, profile,
                                            examples[i].response, gold[i]);
                QVERIFY2(verdict.verdict == Verdict::Right, examples[i].response.c_str());
            }
    }
    QCOMPARE(paperShots(*promptTemplate("gsm8k")), 8);
    QCOMPARE(paperShots(*promptTemplate("math")), 4);
    QCOMPARE(paperShots(*promptTemplate("math_sampling")), 4);
    QCOMPARE(paperShots(*promptTemplate("wordproblems")), 0);
}

void TestFewShot::forms() {
    const PromptTemplate& shape = *promptTemplate("gsm8k");
    QCOMPARE(fewShotPrompt(shape, {}, "2+2?"), std::string("Question: 2+2?\nAnswer: "));
    const std::vector<WorkedExample> one{{"1+1?", "The answer is 2."}};
    QCOMPARE(fewShotPrompt(shape, one, "2+2?"),
             std::string("Question: 1+1?\nAnswer: The answer is 2.\n\nQuestion: 2+2?\nAnswer: "));
    QCOMPARE(fewShotPrompt(*promptTemplate("math_sampling"), {}, "x?"),
             std::string("Problem:\nx?\n\nSolution:\n"));
}

void TestFewShot::solutionsAsExamples() {
    QCOMPARE(exampleResponse(*promptTemplate("gsm8k"),
                             "She sold 48/2 = <<48/2=24>>24 clips.\n#### 24\n", "24"),
             std::string("She sold 48/2 = 24 clips.\nThe answer is 24."));
    QCOMPARE(exampleResponse(*promptTemplate("gsm8k"), "No marks << here.", "1"),
             std::string("No marks << here."));
    QCOMPARE(exampleResponse(*promptTemplate("math"), "So $x=\\boxed{4}$.", "4"),
             std::string("So $x=\\boxed{4}$.\nFinal Answer: The final answer is $4$. I hope it is "
                         "correct."));
    QCOMPARE(exampleResponse(*promptTemplate("wordproblems"), "5+5=10. #### 10\n", "10"),
             std::string("5+5=10. #### 10"));
}

QTEST_GUILESS_MAIN(TestFewShot)
#include "tst_few_shot.moc"
