#include "ui/pages/alternatives_model.h"

#include <QAbstractItemModelTester>
#include <QtTest/QtTest>

using namespace crux;
using namespace crux::ui;

namespace {

AlternativeRow row(std::int32_t id, float p, float s = -1) {
    AlternativeRow made;
    made.id = id;
    made.text = QStringLiteral(" t%1").arg(id);
    made.p = p;
    made.s = s;
    return made;
}

} // namespace

class TestAlternativesModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void originalOutsideTheListIsARow() {
        AlternativesModel model;
        const QAbstractItemModelTester tester(&model);
        model.setRows({row(1, .5F), row(2, .3F), row(3, .1F)}, row(9, .2F), {{2, 4}});
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(model.rowOfId(9), 2); // between .3 and .1
        QVERIFY(model.isOriginal(2));
        QVERIFY(!model.isOriginal(1));
        QCOMPARE(model.index(1, AlternativesModel::Branches).data().toString(),
                 QStringLiteral("4"));
        QCOMPARE(model.index(2, AlternativesModel::Branches).data().toString(), QString());
    }

    // Two tokens of equal probability are told apart by their ids.
    void originalIsFoundByIdNotByProbability() {
        AlternativesModel model;
        model.setRows({row(1, .4F), row(2, .4F), row(3, .2F)}, row(2, .4F), {});
        QCOMPARE(model.rowCount(), 3);
        QVERIFY(!model.isOriginal(0));
        QVERIFY(model.isOriginal(1));
        QCOMPARE(model.firstOther(), 0);
    }

    void keysAreTheFirstNineRows() {
        AlternativesModel model;
        std::vector<AlternativeRow> rows;
        for (int i = 0; i < 12; ++i)
            rows.push_back(row(i, .5F - .01F * static_cast<float>(i)));
        model.setRows(rows, rows[0], {});
        QCOMPARE(model.index(8, AlternativesModel::Key).data().toString(), QStringLiteral("9"));
        QCOMPARE(model.index(9, AlternativesModel::Key).data().toString(), QString());
        QCOMPARE(model.rowOfKey(3), 2);
        QCOMPARE(model.rowOfKey(0), -1);
        QCOMPARE(model.rowOfKey(10), -1);
    }

    void nucleusCutTokensStay() {
        AlternativesModel model;
        model.setRows({row(1, .6F), row(2, .3F), row(3, .06F), row(4, .04F)}, row(1, .6F), {});
        SamplingParams sampling;
        sampling.temperature = 1;
        sampling.topP = 0.9;
        model.setSampling(sampling);
        QCOMPARE(model.rowCount(), 4);
        QVERIFY(!model.isCut(0));
        QVERIFY(!model.isCut(1)); // .6 before it is below .9
        QVERIFY(model.isCut(2));  // .9 is reached
        QVERIFY(model.isCut(3));
        sampling.topP = 1;
        model.setSampling(sampling);
        QVERIFY(!model.isCut(3));
        sampling.topK = 2;
        model.setSampling(sampling);
        QVERIFY(!model.isCut(1));
        QVERIFY(model.isCut(2));
    }

    void unknownNumbersAreADash() {
        AlternativesModel model;
        model.setRows({row(1, -1)}, row(1, -1), {});
        QCOMPARE(model.index(0, AlternativesModel::P).data().toString(), QStringLiteral("–"));
        model.setRows({row(1, .0014F, .6078F)}, row(1, .0014F), {});
        QCOMPARE(model.index(0, AlternativesModel::P).data().toString(), QStringLiteral(".0014"));
        QCOMPARE(model.index(0, AlternativesModel::Score).data().toString(),
                 QStringLiteral(".6078"));
        QCOMPARE(model.index(0, AlternativesModel::Token).data().toString(), QStringLiteral("␣t1"));
    }

    void piecesThatAreNoTextShowTheirBytes() {
        auto vocabulary = std::make_shared<store::VocabularyRecord>();
        vocabulary->pieces = {" was", "\xE2\x82", "\xE2\x82\xAC"};
        QCOMPARE(pieceText(vocabulary, 0), QStringLiteral(" was"));
        QCOMPARE(pieceText(vocabulary, 1), QStringLiteral("<0xE2><0x82>"));
        QCOMPARE(pieceText(vocabulary, 2), QStringLiteral("€"));
        QCOMPARE(pieceText(vocabulary, 7), QStringLiteral("‹7›"));
        QCOMPARE(pieceText(nullptr, 5), QStringLiteral("‹5›"));
    }

    void storedRowsComeSortedAndWithoutHoles() {
        TrajectorySnapshot snapshot;
        snapshot.alternatives.k = 3;
        snapshot.alternatives.ids = {-1, -1, -1, 4, 5, -1};
        snapshot.alternatives.p = {0, 0, 0, .2F, .7F, 0};
        snapshot.alternatives.s = {0, 0, 0, .1F, .9F, 0};
        const auto rows = storedAlternatives(snapshot, 1, nullptr);
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].id, 5);
        QCOMPARE(rows[0].s, .9F);
        QVERIFY(storedAlternatives(snapshot, 0, nullptr).empty());
        QVERIFY(storedAlternatives(snapshot, 7, nullptr).empty());
    }
};

QTEST_GUILESS_MAIN(TestAlternativesModel)
#include "tst_alternatives_model.moc"
