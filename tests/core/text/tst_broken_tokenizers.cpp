// Broken, lying and unknown tokenizer files: one sentence each, never a crash.
#include "core/base/json.h"
#include "core/text/regex.h"
#include "core/text/tokenizer.h"
#include "support/test_paths.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace crux;
using namespace crux::test;

namespace {

std::string fixture(const char* path) {
    QFile file(dataDir() + QStringLiteral("/text/") + QLatin1String(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

struct Folder {
    QTemporaryDir dir;

    void put(const char* name, const std::string& bytes) {
        QFile file(dir.filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes.data(), qint64(bytes.size())), qint64(bytes.size()));
    }
    Result<text::TokenizerPtr> load() const {
        return text::loadTokenizer(dir.path().toStdString());
    }
};

/// One sentence: something, one line, no full stop inside that begins another sentence.
bool isSentence(const std::string& message) {
    return !message.empty() && message.size() < 400 && message.find('\n') == std::string::npos &&
           message.find(". ") == std::string::npos;
}

/// A small tokenizer.json with one member changed.
std::string changed(const char* pointer, const char* value) {
    Json file = Json::parse(fixture("qwen2-like/tokenizer.json"));
    file[Json::json_pointer(pointer)] = Json::parse(value);
    return file.dump();
}

} // namespace

class TestBrokenTokenizers : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void malformed_data() {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("named"); // what the sentence must name
        const auto row = [](const char* pointer, const char* value, const char* named) {
            QTest::addRow("%s = %.60s", pointer, value)
                << QByteArray(pointer) << QByteArray(value) << QByteArray(named);
        };
        row("/model", "null", "model");
        row("/model", "[]", "model");
        row("/model/type", "\"WordPiece\"", "WordPiece");
        row("/model/type", "7", "type");
        row("/model/vocab", "[]", "vocabulary");
        row("/model/vocab/a", "\"x\"", "a");
        row("/model/vocab/a", "-1", "a");
        row("/model/vocab/a", "1e300", "a");
        row("/model/vocab/a", "4000000000", "a");
        row("/model/vocab/a", "18446744073709551615", "a");
        row("/model/merges", "{}", "merges");
        row("/model/merges", "[\"zz yy\"]", "zz");
        row("/model/merges", "[\"ab\"]", "merge 1");
        row("/model/merges", "[\"a b c\"]", "merge 1");
        row("/model/merges", "[[\"a\"]]", "merge 1");
        row("/model/merges", "[[\"a\",1]]", "merge 1");
        row("/model/merges", "[7]", "merge 1");
        row("/model/unk_token", "\"<nope>\"", "<nope>");
        row("/model/end_of_word_suffix", "\"</w>\"", "end_of_word_suffix");
        row("/normalizer", "{\"type\":\"BertNormalizer\"}", "BertNormalizer");
        row("/normalizer", "{\"type\":\"Sequence\"}", "normalizer");
        row("/normalizer", "7", "normalizer");
        row("/normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(\"},\"content\":\"\"}",
            "pattern");
        row("/pre_tokenizer", "{\"type\":\"BertPreTokenizer\"}", "BertPreTokenizer");
        row("/pre_tokenizer", "{\"type\":\"Split\"}", "Split");
        row("/pre_tokenizer",
            "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"Sideways\"}",
            "Sideways");
        row("/pre_tokenizer",
            "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[a&&b]\"},\"behavior\":\"Isolated\"}",
            "intersection");
        row("/pre_tokenizer",
            "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"ByteLevel\"},"
            "{\"type\":\"Digits\"}]}",
            "Digits");
        row("/post_processor", "{\"type\":\"BertProcessing\"}", "BertProcessing");
        row("/post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[]}", "post_processor");
        row("/post_processor",
            "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<x>\"}},"
            "{\"Sequence\":{\"id\":\"A\"}}],\"special_tokens\":{}}",
            "<x>");
        row("/decoder", "{\"type\":\"WordPiece\"}", "WordPiece");
        row("/decoder", "[]", "decoder");
        row("/added_tokens", "{}", "added_tokens");
        row("/added_tokens", "[{\"id\":1}]", "content");
        row("/added_tokens", "[{\"id\":-5,\"content\":\"x\"}]", "x");
        row("/added_tokens", "[{\"id\":99999999999,\"content\":\"x\"}]", "x");
    }
    void malformed() {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, named);
        Folder folder;
        folder.put("tokenizer.json", changed(pointer.constData(), value.constData()));
        const auto loaded = folder.load();
        QVERIFY(!loaded.ok());
        const Error& error = loaded.error();
        QVERIFY2(isSentence(error.message), error.message.c_str());
        QVERIFY2(error.message.find(named.toStdString()) != std::string::npos,
                 error.message.c_str());
        QVERIFY2(error.where.find("tokenizer.json") != std::string::npos || !error.where.empty(),
                 error.where.c_str());
    }

    void truncatedJson() {
        const std::string whole = fixture("qwen2-like/tokenizer.json");
        QVERIFY(whole.size() > 1000);
        for (std::size_t size = 0; size < whole.size(); size += whole.size() / 97) {
            Folder folder;
            folder.put("tokenizer.json", whole.substr(0, size));
            const auto loaded = folder.load();
            QVERIFY(!loaded.ok());
            QVERIFY2(isSentence(loaded.error().message), loaded.error().message.c_str());
        }
    }

    void nestedJsonIsRefused() {
        for (const std::string& text :
             {std::string(100000, '['),
              "{\"normalizer\":" + std::string(100000, '[') + std::string(100000, ']') + "}"}) {
            Folder folder;
            folder.put("tokenizer.json", text);
            QVERIFY(!folder.load().ok());
        }
    }

    void changedBytesNeverCrash() {
        const std::string whole = fixture("llama3-like/tokenizer.json");
        std::uint32_t state = 12345;
        for (int round = 0; round < 150; ++round) {
            std::string bytes = whole;
            for (int k = 0; k < 3; ++k) {
                state = state * 1664525u + 1013904223u;
                bytes[(state >> 8) % bytes.size()] = char(state >> 3);
            }
            Folder folder;
            folder.put("tokenizer.json", bytes);
            const auto loaded = folder.load();
            if (loaded.ok())
                QVERIFY(!(*loaded)->encode("Ann has 13 apples.", true).ids.empty());
            else
                QVERIFY2(isSentence(loaded.error().message), loaded.error().message.c_str());
        }
    }

    void brokenSentencepieceModels() {
        const std::string whole = fixture("sentencepiece/tokenizer.model");
        QVERIFY(whole.size() > 1000);
        for (std::size_t size = 0; size < whole.size(); size += whole.size() / 61) {
            Folder folder;
            folder.put("tokenizer.model", whole.substr(0, size));
            const auto loaded = folder.load(); // a cut between two pieces may still be a model
            if (!loaded.ok())
                QVERIFY2(isSentence(loaded.error().message), loaded.error().message.c_str());
        }
        std::uint32_t state = 99;
        for (int round = 0; round < 150; ++round) {
            std::string bytes = whole;
            for (int k = 0; k < 3; ++k) {
                state = state * 1664525u + 1013904223u;
                bytes[(state >> 8) % bytes.size()] = char(state >> 3);
            }
            Folder folder;
            folder.put("tokenizer.model", bytes);
            const auto loaded = folder.load();
            if (loaded.ok())
                (*loaded)->decode((*loaded)->encode("Ann has 13 apples.", true).ids, true);
            else
                QVERIFY2(isSentence(loaded.error().message), loaded.error().message.c_str());
        }
        for (const char* garbage : {"", "x", "version https://git-lfs.github.com/spec/v1\noid",
                                    "\x80\x04\x95", "PK\x03\x04"}) {
            Folder folder;
            folder.put("tokenizer.model", garbage);
            const auto loaded = folder.load();
            QVERIFY(!loaded.ok());
            QVERIFY2(loaded.error().message.find("tokenizer.model") != std::string::npos,
                     loaded.error().message.c_str());
        }
    }

    void tiktokenNeedsItsJson() {
        Folder folder;
        folder.put("tokenizer.model", "IQ== 0\nIg== 1\nIw== 2\n");
        const auto alone = folder.load();
        QVERIFY(!alone.ok());
        QCOMPARE(alone.error().code, ErrorCode::Unsupported);
        QVERIFY(alone.error().message.find("tiktoken") != std::string::npos);
        folder.put("tokenizer.json", fixture("llama3-like/tokenizer.json"));
        const auto both = folder.load();
        QVERIFY(both.ok());
        QVERIFY((*both)->encode("Ann", false).ids.size() > 0);
    }

    void sentencepieceComesFirst() {
        Folder folder;
        folder.put("tokenizer.json", "broken");
        folder.put("tokenizer.model", fixture("sentencepiece/tokenizer.model"));
        QVERIFY(folder.load().ok());
    }

    void addedBosAndEosFollowTheConfiguration() {
        Folder folder;
        folder.put("tokenizer.model", fixture("sentencepiece/tokenizer.model"));
        const auto byDefault = folder.load();
        QVERIFY(byDefault.ok());
        QCOMPARE((*byDefault)->encode("a", true).ids.front(), (*byDefault)->bosId());
        folder.put("tokenizer_config.json", "{\"add_bos_token\": false, \"add_eos_token\": true}");
        const auto asked = folder.load();
        QVERIFY(asked.ok() && !(*asked)->addsBos());
        const auto ids = (*asked)->encode("a", true).ids;
        QVERIFY(ids.front() != (*asked)->bosId());
        QCOMPARE(ids.back(), (*asked)->eosId());
        folder.put("tokenizer_config.json", "{");
        QVERIFY(!folder.load().ok());
    }

    void vocabularyFiles() {
        Folder folder;
        QVERIFY(!folder.load().ok());
        QVERIFY(!text::hasTokenizer(folder.dir.path().toStdString()));
        folder.put("vocab.json", fixture("gpt2-like/vocab.json"));
        QVERIFY(!folder.load().ok()); // merges.txt is missing
        folder.put("merges.txt", fixture("gpt2-like/merges.txt"));
        QVERIFY(folder.load().ok());
        folder.put("tokenizer_config.json", "{\"tokenizer_class\": \"CLIPTokenizer\"}");
        QVERIFY(!folder.load().ok());
        folder.put("tokenizer_config.json",
                   "{\"add_bos_token\": true, \"bos_token\": \"<|end|>\"}");
        const auto withBos = folder.load();
        QVERIFY(withBos.ok() && (*withBos)->addsBos());
        QCOMPARE((*withBos)->encode("a", true).ids.front(), (*withBos)->bosId());
        folder.put("merges.txt", "#version: 0.2\na b\nfoo bar\n");
        QVERIFY(!folder.load().ok());
        folder.put("merges.txt", "lonely\n");
        const auto lonely = folder.load();
        QVERIFY(!lonely.ok());
        QVERIFY(lonely.error().message.find("line 1") != std::string::npos);
        folder.put("merges.txt", "");
        folder.put("vocab.json", "{\"a\": 1.5}");
        QVERIFY(!folder.load().ok());
    }

    /// Without an unknown token and without bytes a character may have no token: what closes over
    /// it covers it.
    void leftOutCharactersBelongToTheTokenAroundThem() {
        Folder folder;
        folder.put("tokenizer.json",
                   R"({"model":{"type":"BPE","vocab":{"h":0,"e":1,"l":2,"o":3,"w":4,"r":5,"d":6,
                   "ow":7},"merges":["o w"]}})");
        const auto tokenizer = folder.load();
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        const auto encoding = (*tokenizer)->encode("hello world", false);
        QCOMPARE(encoding.ids, (std::vector<std::int32_t>{0, 1, 2, 2, 7, 3, 5, 2, 6}));
        QCOMPARE(encoding.spans[4].begin, 4);
        QCOMPARE(encoding.spans[4].end, 7);
        QCOMPARE(encoding.spans[5].begin, 7);
    }

    void patternsNameTheirFile() {
        Folder folder;
        folder.put("tokenizer.json",
                   changed("/pre_tokenizer", "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},"
                                             "\"behavior\":\"Isolated\",\"invert\":false}"));
        const auto broken = folder.load();
        QVERIFY(!broken.ok());
        QVERIFY(broken.error().where.find("tokenizer.json") != std::string::npos);
        QVERIFY(broken.error().message.find("\"(\"") != std::string::npos);
    }

    void regexSyntax() {
        QCOMPARE(*text::toPcre2Syntax("[^\\s\\d]\\S\\u00e9"),
                 std::string("[^\\p{White_Space}\\d]\\P{White_Space}\\x{00e9}"));
        for (const char* pattern : {"[a[b]]", "[a&&b]", "(?m)a", "[\\W]", "\\", "\\u12"})
            QVERIFY2(!text::toPcre2Syntax(pattern).ok(), pattern);
        QVERIFY(!text::Regex::compile(std::string(100000, 'a')).ok());
        QVERIFY(!text::Regex::compile("a{99999999}").ok());
    }

    /// Catastrophic backtracking stops at the limit and counts as no match.
    void hostilePatternEnds() {
        auto regex = text::Regex::compile("^(a|aa)+$");
        QVERIFY(regex.ok());
        QVERIFY(!regex->find(std::string(60, 'a') + "b", 0).has_value());
        QVERIFY(regex->find("aaa", 0).has_value());
    }
};

QTEST_GUILESS_MAIN(TestBrokenTokenizers)
#include "tst_broken_tokenizers.moc"
