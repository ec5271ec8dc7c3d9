// Token rows: what is made, what is laid over a text, what is refused.
#include "core/jobs/token_rows.h"
#include "support/test_paths.h"

using namespace crux;

class TestTokenRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void offsetsCoverTheText();
    void responseBeginsWhereThePromptEnds();
    void sampledIdsAreLaidOver();
    void foreignIdsAreRefused();
    void typedTextHasNoDummySpace_data();
    void typedTextHasNoDummySpace();
    void charactersWithoutATokenAreNamed();

private:
    text::TokenizerPtr m_tokenizer;
};

void TestTokenRows::initTestCase() {
    const auto loaded =
        text::loadTokenizer((crux::test::demoDir() + QStringLiteral("/model")).toStdString());
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
    m_tokenizer = *loaded;
}

void TestTokenRows::offsetsCoverTheText() {
    const std::string prompt = "Question: Joy has 4 coins.\nAnswer: ", response = "4+4=8. #### 8\n";
    const auto row = jobs::tokenizeRow(*m_tokenizer, prompt, response);
    QVERIFY(row.decodesBack);
    QCOMPARE(row.offsets.size(), 2 * row.ids.size());
    QCOMPARE(row.ids[0], m_tokenizer->bosId());
    for (std::size_t i = 1; i < row.ids.size(); ++i)
        QCOMPARE(row.offsets[2 * i], row.offsets[2 * i - 1]);
    QCOMPARE(row.offsets.back(), static_cast<std::int32_t>(prompt.size() + response.size()));
}

void TestTokenRows::responseBeginsWhereThePromptEnds() {
    const std::string prompt = "Question: Joy has 4 coins.\nAnswer: ";
    const auto row = jobs::tokenizeRow(*m_tokenizer, prompt, "4+4=8.");
    const auto first = static_cast<std::size_t>(row.promptTokens);
    QVERIFY(first > 0 && first < row.ids.size());
    QVERIFY(row.offsets[2 * first + 1] > static_cast<std::int32_t>(prompt.size()));
    QVERIFY(row.offsets[2 * first - 1] <= static_cast<std::int32_t>(prompt.size()));
}

void TestTokenRows::sampledIdsAreLaidOver() {
    // One id a byte-sized piece: no tokenizer would choose so, a model may.
    const auto piece = m_tokenizer->encode("ab", false);
    std::vector<std::int32_t> ids{m_tokenizer->bosId()};
    std::string text;
    for (const std::int32_t id : piece.ids)
        for (int twice = 0; twice < 2; ++twice) {
            ids.push_back(id);
            text += m_tokenizer->pieceBytes(id);
        }
    const auto row = jobs::alignRow(*m_tokenizer, ids, 1, "", text);
    QVERIFY2(row.ok(), row.ok() ? "" : row.error().message.c_str());
    QCOMPARE(row->offsets.back(), static_cast<std::int32_t>(text.size()));
}

void TestTokenRows::foreignIdsAreRefused() {
    QVERIFY(!jobs::alignRow(*m_tokenizer, {1, 45, 46}, 1, "", "something else").ok());
    QVERIFY(!jobs::alignRow(*m_tokenizer, {1, 40000}, 1, "", "x").ok());
    QVERIFY(!jobs::alignRow(*m_tokenizer, {1, -3}, 1, "", "x").ok());
}

void TestTokenRows::typedTextHasNoDummySpace_data() {
    QTest::addColumn<QString>("typed");
    for (const char* typed : {" was", "was", " paid 5", "\n", "12", " ", "paid "})
        QTest::addRow("%s", QByteArray(typed).toPercentEncoding().constData())
            << QString::fromUtf8(typed);
}

void TestTokenRows::typedTextHasNoDummySpace() {
    QFETCH(QString, typed);
    const std::string text = typed.toStdString();
    const auto ids = jobs::tokenizeInContext(*m_tokenizer, text);
    QVERIFY(!ids.empty());
    QCOMPARE(jobs::bytesOf(*m_tokenizer, ids), text);
}

void TestTokenRows::charactersWithoutATokenAreNamed() {
    // 200 pieces of word problems, none of a single byte (spm_train --byte_fallback=false); the
    // demo's own tokenizer has a token for every byte.
    const auto narrow = text::loadTokenizer(
        (crux::test::dataDir() + QStringLiteral("/jobs/no-bytes")).toStdString());
    QVERIFY2(narrow.ok(), narrow.ok() ? "" : narrow.error().message.c_str());
    const auto unknown = [&narrow](const std::string& typed) {
        const auto ids = jobs::tokenizeInContext(**narrow, typed);
        return jobs::unknownTokens(**narrow, ids, typed);
    };
    QVERIFY(unknown(" pays 5").empty());
    QVERIFY(jobs::unknownTokens(*m_tokenizer, jobs::tokenizeInContext(*m_tokenizer, "\xE4\xBD\xA0"),
                                "\xE4\xBD\xA0")
                .empty());
    QCOMPARE(unknown("\xE4\xBD\xA0").size(), std::size_t{1}); // of which it knows nothing
    QVERIFY(unknown(" pays \xE2\x82\xAC").at(0) > 0);         // its place among the tokens
}

QTEST_APPLESS_MAIN(TestTokenRows)
#include "tst_token_rows.moc"
