// Every reference line of ../shared/data/tokenizers: ids with and without special tokens, decoded
// text, ill-formed UTF-8; and what must hold for the byte ranges of every line.
#include "core/text/tokenizer.h"
#include "reference_lines.h"

#include <QtTest/QtTest>

using namespace crux;
using namespace crux::test;

namespace {

using Ids = std::vector<std::int32_t>;

struct Subject {
    const char* reference;                                  ///< folder under tokenizers/
    std::vector<std::pair<const char*, const char*>> files; ///< shared path, name
    const char* idsKey = "ids";
    const char* specialKey = "ids_special";
    bool decodes = true;
};

const std::map<QString, Subject>& subjects() {
    static const std::map<QString, Subject> kSubjects = {
        {"llama2",
         {"llama2",
          {{"tokenizers/llama2/tokenizer.model", "tokenizer.model"},
           {"tokenizers/llama2/tokenizer.json", "tokenizer.json"},
           {"tokenizers/llama2/tokenizer_config.json", "tokenizer_config.json"}}}},
        {"llama2-json",
         {"llama2",
          {{"tokenizers/llama2/tokenizer.json", "tokenizer.json"},
           {"tokenizers/llama2/tokenizer_config.json", "tokenizer_config.json"}},
          "ids_hf",
          "ids_hf_special",
          false}},
        {"stories260K",
         {"stories260K",
          {{"models/stories260K/tokenizer.model", "tokenizer.model"},
           {"models/stories260K/tokenizer_config.json", "tokenizer_config.json"}}}},
        {"llama3",
         {"llama3",
          {{"tokenizers/llama3/tokenizer.json.xz", "tokenizer.json"},
           {"tokenizers/llama3/tokenizer.model", "tokenizer.model"},
           {"tokenizers/llama3/tokenizer_config.json", "tokenizer_config.json"}}}},
        {"gpt2",
         {"gpt2",
          {{"tokenizers/gpt2/tokenizer.json", "tokenizer.json"},
           {"tokenizers/gpt2/tokenizer_config.json", "tokenizer_config.json"}}}},
        {"gpt2-vocab",
         {"gpt2",
          {{"tokenizers/gpt2/vocab.json", "vocab.json"},
           {"tokenizers/gpt2/merges.txt", "merges.txt"},
           {"tokenizers/gpt2/tokenizer_config.json", "tokenizer_config.json"}}}},
        {"deepseek-coder",
         {"deepseek-coder",
          {{"tokenizers/deepseek-coder/tokenizer.json.xz", "tokenizer.json"},
           {"tokenizers/deepseek-coder/tokenizer_config.json", "tokenizer_config.json"}}}},
    };
    return kSubjects;
}

/// A line has "ids_hf" only where tokenizer.json gives other ids than tokenizer.model.
Ids expected(const Json& line, const char* key) {
    const char* fallback = std::string_view(key) == "ids_hf" ? "ids" : "ids_special";
    return line.contains(key) ? line[key].get<Ids>() : line[fallback].get<Ids>();
}

QByteArray shown(const Ids& ids) {
    return QByteArray::fromStdString(Json(ids).dump()).left(400);
}

} // namespace

class TestTokenizerParity : public QObject {
    Q_OBJECT

    std::map<QString, text::TokenizerPtr> m_loaded;

    text::TokenizerPtr load(const QString& name) {
        if (m_loaded.contains(name))
            return m_loaded[name];
        QTemporaryDir folder;
        for (const auto& [path, file] : subjects().at(name).files)
            if (!copyShared(QString::fromLatin1(path), folder.path(), QString::fromLatin1(file)))
                return nullptr;
        auto loaded = text::loadTokenizer(folder.path().toStdString());
        if (!loaded.ok())
            qWarning("%s", (loaded.error().message + " | " + loaded.error().detail).c_str());
        return m_loaded[name] = loaded.ok() ? *loaded : nullptr;
    }
    void rows() {
        QTest::addColumn<QString>("name");
        for (const auto& [name, subject] : subjects())
            QTest::newRow(qPrintable(name)) << name;
    }
    std::vector<Json> lines(const QString& name, const char* file) {
        return sharedLines(
            QStringLiteral("tokenizers/%1/%2")
                .arg(QLatin1String(subjects().at(name).reference), QLatin1String(file)));
    }

private Q_SLOTS:
    void initTestCase() { CRUX_NEEDS_SHARED("tokenizers"); }

    void parity_data() { rows(); }
    void parity() {
        QFETCH(QString, name);
        const auto tokenizer = load(name);
        QVERIFY(tokenizer);
        const auto all = lines(name, "parity.jsonl.xz");
        QCOMPARE(all.size(), std::size_t{2000});
        int different = 0;
        for (const Json& line : all) {
            const std::string source = line["text"];
            const Subject& subject = subjects().at(name);
            const Ids plain = tokenizer->encode(source, false).ids;
            const Ids special = tokenizer->encode(source, true).ids;
            const Ids wanted = expected(line, subject.idsKey);
            if (plain == wanted && special == expected(line, subject.specialKey))
                continue;
            if (++different <= 5)
                qWarning("%s\n got %s\nwant %s", line["text"].dump().substr(0, 300).c_str(),
                         shown(plain).constData(), shown(wanted).constData());
        }
        QCOMPARE(different, 0);
    }

    void spans_data() { rows(); }
    void spans() {
        QFETCH(QString, name);
        const auto tokenizer = load(name);
        QVERIFY(tokenizer);
        for (const Json& line : lines(name, "parity.jsonl.xz")) {
            const std::string source = line["text"];
            const auto encoding = tokenizer->encode(source, true);
            QCOMPARE(encoding.spans.size(), encoding.ids.size());
            std::int32_t at = 0;
            for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
                const auto [begin, end] = encoding.spans[i];
                QVERIFY2(begin >= at && end >= begin && end <= std::int32_t(source.size()),
                         source.c_str());
                at = end;
                // A byte-level token's bytes are the text itself.
                const std::string covered =
                    source.substr(std::size_t(begin), std::size_t(end - begin));
                if (name != "llama2" && name != "llama2-json" && name != "stories260K" &&
                    tokenizer->pieceBytes(encoding.ids[i]) != covered)
                    QVERIFY2(begin == end || name == "deepseek-coder", source.c_str());
            }
        }
    }

    void decoding_data() { rows(); }
    void decoding() {
        QFETCH(QString, name);
        if (!subjects().at(name).decodes)
            QSKIP("needs a decoded reference for this file");
        const auto tokenizer = load(name);
        QVERIFY(tokenizer);
        const auto all = lines(name, "decode.jsonl.xz");
        QCOMPARE(all.size(), std::size_t{300});
        int different = 0;
        for (const Json& line : all) {
            const Ids ids = line["ids"];
            const std::string kept = tokenizer->decode(ids, true);
            const std::string skipped = tokenizer->decode(ids, false);
            if (kept == line["text"] && skipped == line["text_skip"])
                continue;
            if (++different <= 5)
                qWarning("%s\n got %s\nwant %s", shown(ids).constData(), kept.c_str(),
                         line["text"].get<std::string>().c_str());
        }
        QCOMPARE(different, 0);
    }

    void invalidUtf8_data() { rows(); }
    void invalidUtf8() {
        QFETCH(QString, name);
        const auto tokenizer = load(name);
        QVERIFY(tokenizer);
        const auto all = lines(name, "invalid_utf8.jsonl.xz");
        QCOMPARE(all.size(), std::size_t{200});
        int different = 0;
        for (const Json& line : all) {
            const QByteArray bytes = QByteArray::fromBase64(
                QByteArray::fromStdString(line["bytes_b64"].get<std::string>()));
            const std::string source = bytes.toStdString();
            const auto encoding = tokenizer->encode(source, false);
            if (subjects().at(name).decodes && encoding.ids != line["ids_replaced"].get<Ids>() &&
                ++different <= 5)
                qWarning("%s\n got %s\nwant %s", line["bytes_b64"].dump().c_str(),
                         shown(encoding.ids).constData(),
                         line["ids_replaced"].dump().substr(0, 400).c_str());
            for (const text::ByteSpan& span : encoding.spans)
                QVERIFY(span.begin >= 0 && span.begin <= span.end &&
                        span.end <= std::int32_t(source.size()));
        }
        QCOMPARE(different, 0);
    }
};

QTEST_GUILESS_MAIN(TestTokenizerParity)
#include "tst_tokenizer_parity.moc"
