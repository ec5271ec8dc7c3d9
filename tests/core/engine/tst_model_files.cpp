// Model and adapter folders as hostile input: each lie gets one clear sentence, none crashes.
#include "core/base/json.h"
#include "core/engine/engine.h"
#include "core/engine/model_config.h"
#include "core/engine/random_folder.h"
#include "core/engine/safetensors.h"
#include "support/test_paths.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <cstring>

using namespace crux;
using namespace crux::engine;

namespace {

Path pathOf(const QString& text) {
    return Path(text.toStdString());
}

QString tiny() {
    return crux::test::dataDir() + QStringLiteral("/engine/tiny");
}

std::string bytesOf(const QString& path) {
    return *readFile(pathOf(path));
}

std::string safetensors(const std::string& header, const std::string& data) {
    std::string bytes(8, '\0');
    const std::uint64_t size = header.size();
    std::memcpy(bytes.data(), &size, 8);
    return bytes + header + data;
}

/// A copy of a folder's files that a test may break.
class BrokenFolder {
public:
    explicit BrokenFolder(const QString& from) {
        for (const QString& name : QDir(from).entryList(QDir::Files))
            QFile::copy(from + QLatin1Char('/') + name, file(name));
    }
    QString file(const QString& name) const { return m_folder.filePath(name); }
    Path path() const { return pathOf(m_folder.path()); }
    void write(const char* name, const std::string& bytes) const {
        QVERIFY(writeFileAtomically(path() / name, bytes).ok());
    }
    Json json(const char* name) const { return *parseJson(*readFile(path() / name)); }

private:
    QTemporaryDir m_folder;
};

ComputeOptions onCpu() {
    ComputeOptions options;
    options.device = "cpu";
    return options;
}

} // namespace

class TestModelFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void configRefusals_data();
    void configRefusals();
    void configAccepts();
    void ropeStretching();
    void headerLies_data();
    void headerLies();
    void truncatedAnywhere();
    void misalignedTensorsAreCopied();
    void shardIndex_data();
    void shardIndex();
    void missingAndStrange();
    void pickleIsRefused();
    void adapterRefusals_data();
    void adapterRefusals();
    void adapterAccepts();
    void rankStabilisedScale();
    void loadingNeedsLittleMemory_data();
    void loadingNeedsLittleMemory();
    void randomFolder_data();
    void randomFolder();
    void randomFolderRefusals();
    void computeOptions();
    void machine();
};

void TestModelFiles::configRefusals_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* patch, const char* named) {
        QTest::newRow(patch) << QString::fromLatin1(patch) << QString::fromLatin1(named);
    };
    row(R"({"architectures":["GPT2LMHeadModel"]})", "GPT2LMHeadModel");
    row(R"({"architectures":[]})", "architectures");
    row(R"({"hidden_act":"gelu"})", "hidden_act");
    row(R"({"sliding_window":16})", "sliding_window");
    row(R"({"rope_scaling":{"rope_type":"yarn","factor":4}})", "yarn");
    row(R"({"rope_scaling":{"type":"dynamic","factor":4}})", "dynamic");
    row(R"({"rope_scaling":{"rope_type":"linear"}})", "factor");
    row(R"({"rope_scaling":{"rope_type":"linear","factor":0}})", "factor");
    row(R"({"rope_parameters":{"rope_theta":-1}})", "rope_theta");
    row(R"({"rope_scaling":[1]})", "rope_scaling");
    row(R"({"quantization_config":{"bits":4}})", "quantization_config");
    row(R"({"partial_rotary_factor":0.5})", "partial_rotary_factor");
    row(R"({"final_logit_softcapping":30.0})", "final_logit_softcapping");
    row(R"({"attention_sinks":true})", "attention_sinks");
    row(R"({"layer_types":["full_attention","sliding_attention"]})", "layer_types");
    row(R"({"num_local_experts":8})", "num_local_experts");
    row(R"({"use_qk_norm":true})", "use_qk_norm");
    row(R"({"residual_multiplier":0.2})", "residual_multiplier");
    row(R"({"hidden_size":0})", "hidden_size");
    row(R"({"hidden_size":-8})", "hidden_size");
    row(R"({"hidden_size":1e300})", "hidden_size");
    row(R"({"hidden_size":18446744073709551615})", "hidden_size");
    row(R"({"hidden_size":"40"})", "hidden_size");
    row(R"({"hidden_size":null})", "hidden_size");
    row(R"({"vocab_size":99999999999})", "vocab_size");
    row(R"({"num_hidden_layers":100000})", "num_hidden_layers");
    row(R"({"num_key_value_heads":3})", "3 key/value heads");
    row(R"({"head_dim":7})", "odd");
    row(R"({"head_dim":null,"hidden_size":42})", "head_dim");
    row(R"({"rms_norm_eps":-1})", "rms_norm_eps");
    row(R"({"eos_token_id":"two"})", "eos_token_id");
    row(R"({"eos_token_id":[2,512]})", "512");
    row(R"({"eos_token_id":-7})", "eos_token_id");
    row(R"({"model_type":"gpt2"})", "model_type");
    row(R"({"model_type":"qwen3"})", "model_type");
    row(R"({"model_type":3})", "model_type");
    row(R"({"rope_interleaved":true})", "rope_interleaved");
    row(R"({"attention_multiplier":0.0078125})", "attention_multiplier");
    row(R"({"use_rope":false})", "use_rope");
    row(R"({"position_embedding_type":"alibi"})", "position_embedding_type");
    row(R"({"rope_parameters":{"full_attention":{"rope_type":"linear","factor":2.0}}})",
        "full_attention");
    row(R"({"tie_word_embeddings":"yes"})", "tie_word_embeddings");
}

void TestModelFiles::configRefusals() {
    QFETCH(QString, patch);
    QFETCH(QString, named);
    Json config = *parseJson(bytesOf(tiny() + QStringLiteral("/config.json")));
    config.update(*parseJson(patch.toStdString()));
    const auto parsed = parseModelConfig(config, "config.json");
    QVERIFY(!parsed.ok());
    QVERIFY2(parsed.error().message.find(named.toStdString()) != std::string::npos,
             parsed.error().message.c_str());
}

void TestModelFiles::configAccepts() {
    Json config = *parseJson(bytesOf(tiny() + QStringLiteral("/config.json")));
    config.update(*parseJson(R"({"sliding_window":4096,"use_sliding_window":false,
        "layer_types":["full_attention","full_attention"],"quantization_config":null,
        "some_new_key":{"a":1},"eos_token_id":[2,7],"dtype":"bfloat16","partial_rotary_factor":1.0,
        "rope_parameters":{"rope_type":"linear","factor":2.0,"rope_theta":5000.0}})"));
    const auto parsed = parseModelConfig(config, "config.json");
    QVERIFY(parsed.ok());
    QCOMPARE(parsed->eosIds, (std::vector<std::int32_t>{2, 7}));
    QCOMPARE(parsed->rope.theta, 5000.0);
    QCOMPARE(parsed->rope.kind, RopeKind::Linear);
    config["architectures"] = Json::array({"MistralForCausalLM"});
    config["model_type"] = "mistral";
    config["sliding_window"] = 128; // as long as the context: no window
    config.erase("use_sliding_window");
    QVERIFY(parseModelConfig(config, "config.json").ok());
}

void TestModelFiles::ropeStretching() {
    ModelConfig config;
    config.headDim = 8;
    config.rope = {RopeKind::Linear, 10000, 4, 1, 4, 0};
    QVERIFY(std::abs(ropeInverseFrequencies(config)[0] - 0.25) < 1e-12);
    QVERIFY(std::abs(ropeInverseFrequencies(config)[1] - 0.025) < 1e-12);
    // 64 positions: wave length 6.28 turns 10 times (kept), 62.8 once (stretched in full at 1).
    config.rope = {RopeKind::Llama3, 10000, 8, 1.1, 4, 64};
    const auto frequencies = ropeInverseFrequencies(config);
    QVERIFY(std::abs(frequencies[0] - 1) < 1e-12);
    QVERIFY(std::abs(frequencies[1] - 0.1 / 8) < 1e-12);
}

void TestModelFiles::headerLies_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& bytes, const char* says) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString::fromLatin1(says);
    };
    const auto one = [](const std::string& dtype, const std::string& shape,
                        const std::string& place) {
        return R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
               place + "}}";
    };
    const std::string eight(8, 'x');
    row("empty file", "", "too short");
    row("seven bytes", "1234567", "too short");
    row("huge header", std::string(8, '\xff') + "{}", "claims a header");
    row("header past the end", safetensors("{}", "").substr(0, 9), "truncated");
    row("no JSON", safetensors("hello", ""), "not a JSON object");
    row("array", safetensors("[]", ""), "not a JSON object");
    row("invalid UTF-8", safetensors("{\"\xff\":1}", ""), "not a JSON object");
    row("deep", safetensors(R"({"a":[[[[1]]]]})", ""), "deeply");
    row("very deep", safetensors(std::string(100000, '['), ""), "deeply");
    row("twice",
        safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                    R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                    eight),
        "twice");
    row("not an object", safetensors(R"({"a":3})", ""), "lacks");
    row("no offsets", safetensors(R"({"a":{"dtype":"F32","shape":[1]}})", ""), "lacks");
    row("one offset", safetensors(one("F32", "[1]", "[0]"), eight), "lacks");
    row("unknown dtype", safetensors(one("Q9", "[2]", "[0,8]"), eight), "unknown dtype");
    row("negative shape", safetensors(one("F32", "[-2]", "[0,8]"), eight), "whole numbers");
    row("fractional shape", safetensors(one("F32", "[2.0]", "[0,8]"), eight), "whole numbers");
    row("overflowing shape", safetensors(one("F32", "[4294967296,4294967296,2]", "[0,8]"), eight),
        "impossible");
    row("shape too big", safetensors(one("F32", "[3]", "[0,8]"), eight), "where its shape needs");
    row("nine dimensions", safetensors(one("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), eight),
        "dimensions");
    row("offsets past the end", safetensors(one("F32", "[3]", "[0,12]"), eight), "truncated");
    row("offsets reversed", safetensors(one("F32", "[2]", "[8,0]"), eight), "truncated");
    row("offset overflow", safetensors(one("F32", "[2]", "[18446744073709551608,0]"), eight),
        "truncated");
    row("negative offset", safetensors(one("F32", "[2]", "[-8,0]"), eight), "whole numbers");
    row("bytes left over", safetensors(one("F32", "[1]", "[0,4]"), eight), "belong to no tensor");
    row("hole", safetensors(one("F32", "[1]", "[4,8]"), eight), "hole");
    row("overlap",
        safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                    R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                    eight),
        "overlaps");
}

void TestModelFiles::headerLies() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    QTemporaryDir folder;
    const Path file = pathOf(folder.filePath(QStringLiteral("model.safetensors")));
    QVERIFY(writeFileAtomically(file, bytes.toStdString()).ok());
    const auto opened = openSafetensors(file);
    QVERIFY(!opened.ok());
    QVERIFY2(opened.error().message.find(says.toStdString()) != std::string::npos,
             opened.error().message.c_str());
}

void TestModelFiles::truncatedAnywhere() {
    const BrokenFolder folder(tiny());
    const std::string whole = bytesOf(tiny() + QStringLiteral("/model.safetensors"));
    for (std::size_t keep = 0; keep < whole.size(); keep += whole.size() / 23) {
        folder.write("model.safetensors", whole.substr(0, keep));
        const auto loaded = Model::load(folder.path(), onCpu());
        QVERIFY(!loaded.ok());
        QCOMPARE(loaded.error().code, ErrorCode::Corrupt);
    }
}

void TestModelFiles::misalignedTensorsAreCopied() {
    const BrokenFolder folder(tiny());
    const std::string whole = bytesOf(tiny() + QStringLiteral("/model.safetensors"));
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, whole.data(), 8);
    const std::string header = whole.substr(8, headerBytes) + " "; // every tensor moves by one byte
    folder.write("model.safetensors", safetensors(header, whole.substr(8 + headerBytes)));
    ComputeOptions options = onCpu();
    options.dtype = "bfloat16";
    const auto moved = Model::load(folder.path(), options);
    const auto plain = Model::load(pathOf(tiny()), options);
    QVERIFY(moved.ok() && plain.ok());
    LogprobRequest request;
    request.model.model = *moved;
    const std::vector<Ids> sequences{{1, 5, 9, 44}};
    const auto a = scoreTokens(request, sequences);
    request.model.model = *plain;
    const auto b = scoreTokens(request, sequences);
    QCOMPARE(a->at(0).logp[3], b->at(0).logp[3]);
}

void TestModelFiles::shardIndex_data() {
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("says");
    QTest::newRow("parent") << QStringLiteral("\"../odd/model-00001-of-00002.safetensors\"")
                            << QStringLiteral("outside");
    QTest::newRow("hidden parent")
        << QStringLiteral("\"a/../../x.safetensors\"") << QStringLiteral("outside");
    QTest::newRow("absolute") << QStringLiteral("\"/etc/passwd\"") << QStringLiteral("outside");
    QTest::newRow("number") << QStringLiteral("3") << QStringLiteral("outside");
    QTest::newRow("NUL") << QStringLiteral("\"a\\u0000b\"") << QStringLiteral("outside");
    QTest::newRow("not there") << QStringLiteral("\"other.safetensors\"")
                               << QStringLiteral("other.safetensors");
    QTest::newRow("in the other shard") << QStringLiteral("\"model-00002-of-00002.safetensors\"")
                                        << QStringLiteral("as the index says");
}

void TestModelFiles::shardIndex() {
    QFETCH(QString, place);
    QFETCH(QString, says);
    const BrokenFolder folder(crux::test::dataDir() + QStringLiteral("/engine/odd"));
    QVERIFY(Model::load(folder.path(), onCpu()).ok());
    Json index = folder.json("model.safetensors.index.json");
    for (auto& [name, file] : index["weight_map"].items())
        if (file == Json("model-00001-of-00002.safetensors")) {
            file = *parseJson(place.toStdString());
            break;
        }
    folder.write("model.safetensors.index.json", dumpJson(index));
    const auto loaded = Model::load(folder.path(), onCpu());
    QVERIFY(!loaded.ok());
    QVERIFY2(loaded.error().message.find(says.toStdString()) != std::string::npos,
             loaded.error().message.c_str());
}

void TestModelFiles::missingAndStrange() {
    const BrokenFolder folder(crux::test::dataDir() + QStringLiteral("/engine/odd"));
    const Json index = folder.json("model.safetensors.index.json");
    Json fewer = index;
    fewer["weight_map"].erase("model.layers.1.mlp.down_proj.weight");
    folder.write("model.safetensors.index.json", dumpJson(fewer));
    const auto missing = Model::load(folder.path(), onCpu());
    QVERIFY(missing.error().message.find("model.layers.1.mlp.down_proj.weight\" is missing") !=
            std::string::npos);
    folder.write("model.safetensors.index.json", dumpJson(index));
    Json config = folder.json("config.json");
    config["mlp_bias"] = false; // the biases are there but would not be used
    folder.write("config.json", dumpJson(config));
    const auto strange = Model::load(folder.path(), onCpu());
    QCOMPARE(strange.error().code, ErrorCode::Unsupported);
    QVERIFY(strange.error().message.find(".bias\" has no place") != std::string::npos);
    config["mlp_bias"] = true;
    config["intermediate_size"] = 48;
    folder.write("config.json", dumpJson(config));
    const auto wrongShape = Model::load(folder.path(), onCpu());
    QCOMPARE(wrongShape.error().code, ErrorCode::Mismatch);
    QVERIFY(!Model::load(pathOf(QStringLiteral("/no/such/folder")), onCpu()).ok());
}

void TestModelFiles::pickleIsRefused() {
    const BrokenFolder folder(tiny());
    QVERIFY(QFile::rename(folder.file(QStringLiteral("model.safetensors")),
                          folder.file(QStringLiteral("pytorch_model.bin"))));
    const auto loaded = Model::load(folder.path(), onCpu());
    QCOMPARE(loaded.error().code, ErrorCode::Unsupported);
    QVERIFY(loaded.error().message.find("pickle files are refused: they run code") !=
            std::string::npos);
}

void TestModelFiles::adapterRefusals_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* patch, const char* named) {
        QTest::newRow(patch) << QString::fromLatin1(patch) << QString::fromLatin1(named);
    };
    row(R"({"use_dora":true})", "use_dora");
    row(R"({"modules_to_save":["lm_head"]})", "modules_to_save");
    row(R"({"rank_pattern":{"q_proj":2}})", "rank_pattern");
    row(R"({"alpha_pattern":{"q_proj":2}})", "alpha_pattern");
    row(R"({"layers_to_transform":[0]})", "layers_to_transform");
    row(R"({"fan_in_fan_out":true})", "fan_in_fan_out");
    row(R"({"bias":"all"})", "bias");
    row(R"({"exclude_modules":["layers.0.self_attn.q_proj"]})", "exclude_modules");
    row(R"({"exclude_modules":".*q_proj"})", "exclude_modules");
    row(R"({"megatron_config":{"a":1}})", "megatron_config");
    row(R"({"init_lora_weights":"pissa"})", "init_lora_weights"); // the base's weights change
    row(R"({"use_rslora":"yes"})", "use_rslora");
    row(R"({"peft_type":"IA3"})", "IA3");
    row(R"({"peft_type":null})", "peft_type");
    row(R"({"r":0})", "\"r\"");
    row(R"({"r":4})", "another model");
    row(R"({"lora_alpha":"x"})", "lora_alpha");
    row(R"({"target_modules":null})", "target_modules");
    row(R"({"target_modules":["q_proj"]})", "not among");
}

void TestModelFiles::adapterRefusals() {
    QFETCH(QString, patch);
    QFETCH(QString, named);
    const BrokenFolder folder(tiny() + QStringLiteral("/adapter"));
    Json config = folder.json("adapter_config.json");
    config.update(*parseJson(patch.toStdString()));
    folder.write("adapter_config.json", dumpJson(config));
    const auto model = Model::load(pathOf(tiny()), onCpu());
    const auto attached = (*model)->attachAdapter(folder.path());
    QVERIFY(!attached.ok());
    QVERIFY2(attached.error().message.find(named.toStdString()) != std::string::npos,
             attached.error().message.c_str());
    QCOMPARE((*model)->attachAdapter(pathOf(tiny() + QStringLiteral("/adapter"))).value(), 0);
}

void TestModelFiles::adapterAccepts() {
    const auto model = Model::load(pathOf(tiny()), onCpu());
    const BrokenFolder folder(tiny() + QStringLiteral("/adapter"));
    Json config = folder.json("adapter_config.json");
    config.update(*parseJson(R"({"target_modules":".*_proj","use_dora":false,"rank_pattern":{},
        "modules_to_save":null,"a_new_key":[1],"exclude_modules":null,"init_lora_weights":"gaussian",
        "loftq_config":{},"lora_dropout":0.1,"layers_pattern":null})"));
    folder.write("adapter_config.json", dumpJson(config));
    QCOMPARE((*model)->attachAdapter(folder.path()).value(), 0);
    const auto other =
        Model::load(pathOf(crux::test::dataDir() + QStringLiteral("/engine/odd")), onCpu());
    QCOMPARE((*other)->attachAdapter(folder.path()).error().code, ErrorCode::Mismatch);
    QFile::remove(folder.file(QStringLiteral("adapter_model.safetensors")));
    QCOMPARE((*other)->attachAdapter(folder.path()).error().code, ErrorCode::NotFound);
    folder.write("adapter_model.bin", "x");
    QVERIFY((*other)->attachAdapter(folder.path()).error().message.find("pickle") !=
            std::string::npos);
}

/// alpha / sqrt(r) equals alpha' / r when alpha' = alpha * sqrt(r).
void TestModelFiles::rankStabilisedScale() {
    const auto model = Model::load(pathOf(tiny()), onCpu());
    const BrokenFolder stabilised(tiny() + QStringLiteral("/adapter"));
    const BrokenFolder plain(tiny() + QStringLiteral("/adapter"));
    Json config = plain.json("adapter_config.json");
    config["lora_alpha"] = 4.0 * std::sqrt(3.0);
    plain.write("adapter_config.json", dumpJson(config));
    config["lora_alpha"] = 4.0;
    config["use_rslora"] = true;
    stabilised.write("adapter_config.json", dumpJson(config));
    LogprobRequest request;
    request.model = {*model, (*model)->attachAdapter(plain.path()).value()};
    const std::vector<Ids> sequences{{1, 5, 9, 44}};
    const auto a = scoreTokens(request, sequences);
    request.model.adapter = (*model)->attachAdapter(stabilised.path()).value();
    QCOMPARE(request.model.adapter, 1);
    const auto b = scoreTokens(request, sequences);
    QVERIFY(std::abs(a->at(0).logp[3] - b->at(0).logp[3]) < 1e-5f);
}

void TestModelFiles::loadingNeedsLittleMemory_data() {
    QTest::addColumn<QString>("stored");
    QTest::addColumn<QString>("dtype");
    QTest::newRow("in place") << QStringLiteral("BF16") << QStringLiteral("bfloat16");
    QTest::newRow("in place, float32") << QStringLiteral("BF16") << QStringLiteral("float32");
    QTest::newRow("converted") << QStringLiteral("F16") << QStringLiteral("float32");
}

/// Peak resident memory of a load is at most 1.15 times the weights. The file has holes: it costs
/// no disk.
void TestModelFiles::loadingNeedsLittleMemory() {
    QFETCH(QString, stored);
    QFETCH(QString, dtype);
    const BrokenFolder folder(tiny());
    Json config = folder.json("config.json");
    const std::int64_t rows = 60000;
    const std::int64_t width = 512;
    config.update(Json{{"vocab_size", rows},
                       {"hidden_size", width},
                       {"tie_word_embeddings", false},
                       {"num_hidden_layers", 1},
                       {"intermediate_size", 1024}});
    folder.write("config.json", dumpJson(config));
    Json header = Json::object();
    std::int64_t end = 0;
    const auto add = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
        const std::int64_t begin = end;
        end += 2 * shape[0] * (shape.size() > 1 ? shape[1] : 1);
        header[name] = {
            {"dtype", stored.toStdString()}, {"shape", shape}, {"data_offsets", {begin, end}}};
    };
    add("model.embed_tokens.weight", {rows, width});
    add("lm_head.weight", {rows, width});
    add("model.norm.weight", {width});
    const std::string at = "model.layers.0.";
    add(at + "input_layernorm.weight", {width});
    add(at + "post_attention_layernorm.weight", {width});
    for (const char* name : {"q_proj", "k_proj", "v_proj"})
        add(at + "self_attn." + name + ".weight", {name[0] == 'q' ? 40 : 20, width});
    add(at + "self_attn.o_proj.weight", {width, 40});
    for (const char* name : {"gate_proj", "up_proj"})
        add(at + "mlp." + name + ".weight", {1024, width});
    add(at + "mlp.down_proj.weight", {width, 1024});
    std::string text = dumpJson(header);
    text.resize((text.size() + 7) / 8 * 8, ' ');
    folder.write("model.safetensors", safetensors(text, ""));
    std::filesystem::resize_file(folder.path() / "model.safetensors",
                                 8 + text.size() + static_cast<std::uint64_t>(end));
    const auto status = [](const char* key) {
        const std::string all = *readFile("/proc/self/status");
        return std::atoll(all.c_str() + all.find(key) + std::strlen(key)) * 1024;
    };
    QFile refs(QStringLiteral("/proc/self/clear_refs"));
    if (!refs.open(QIODevice::WriteOnly) || refs.write("5") != 1)
        QSKIP("needs /proc/self/clear_refs");
    refs.close();
    const auto before = status("VmRSS:");
    ComputeOptions options = onCpu();
    options.dtype = dtype.toStdString();
    const auto model = Model::load(folder.path(), options);
    QVERIFY2(model.ok(), model ? "" : model.error().message.c_str());
    const auto peak = status("VmHWM:") - before;
    const auto weights = (*model)->info().weightBytes;
    QVERIFY(weights > 100 << 20);
    QVERIFY2(static_cast<double>(peak) <= 1.15 * static_cast<double>(weights),
             qPrintable(QStringLiteral("%1 of %2 bytes").arg(peak).arg(weights)));
}

void TestModelFiles::randomFolder_data() {
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("dtype");
    QTest::newRow("as stored") << "{}"
                               << "bfloat16";
    QTest::newRow("float32, untied, all biases")
        << R"({"torch_dtype":"float32","tie_word_embeddings":false,"attention_bias":true,"mlp_bias":true})"
        << "float32";
}

/// What is written loads, has the deviation asked for, and is the same for a seed.
void TestModelFiles::randomFolder() {
    QFETCH(QString, patch);
    QFETCH(QString, dtype);
    BrokenFolder source(tiny());
    Json config = source.json("config.json");
    config.update(*parseJson(patch.toStdString()));
    config["initializer_range"] = 0.5;
    source.write("config.json", config.dump());
    QTemporaryDir made;
    const auto folder = [&](const char* name) { return pathOf(made.filePath(name)); };
    const auto written = writeRandomFolder(source.path(), folder("a"), 7);
    QVERIFY2(written.ok(), written.ok() ? "" : written.error().message.c_str());
    QCOMPARE(QString::fromStdString(written->dtype), dtype);
    const auto model = Model::load(folder("a"), onCpu());
    QVERIFY2(model.ok(), model.ok() ? "" : model.error().message.c_str());
    QCOMPARE((*model)->info().parameters, written->parameters);
    QVERIFY(writeRandomFolder(source.path(), folder("b"), 7).ok());
    QVERIFY(writeRandomFolder(source.path(), folder("c"), 8).ok());
    const auto bytes = [&](const char* name) {
        return *readFile(folder(name) / "model.safetensors");
    };
    QVERIFY(bytes("a") == bytes("b"));
    QVERIFY(bytes("a") != bytes("c"));
    const auto tensors = *openModelTensors(folder("a"));
    const auto deviation = [&](const char* name) {
        const StoredTensor& tensor = tensors.at(name);
        double sum = 0;
        std::size_t count = 0;
        const std::size_t width = written->dtype == "float32" ? 4 : 2;
        for (; count * width < tensor.bytes.size(); ++count) {
            std::uint32_t bits = 0;
            std::memcpy(reinterpret_cast<char*>(&bits) + (4 - width),
                        tensor.bytes.data() + count * width, width);
            float value = 0;
            std::memcpy(&value, &bits, sizeof value);
            sum += static_cast<double>(value) * value;
        }
        return std::sqrt(sum / static_cast<double>(count));
    };
    // 97 x 40 draws: the deviation of a sample deviation is 0.5 / sqrt(2 x 3880) = 0.006.
    QVERIFY(std::fabs(deviation("model.embed_tokens.weight") - 0.5) < 0.03);
    QVERIFY(std::fabs(deviation("model.layers.1.self_attn.o_proj.weight") - 0.25) < 0.03);
    QCOMPARE(deviation("model.norm.weight"), 1.0);
}

void TestModelFiles::randomFolderRefusals() {
    QTemporaryDir made;
    BrokenFolder source(tiny());
    const auto refusal = [&](const Path& from, const Path& to) {
        const auto written = writeRandomFolder(from, to, 1);
        return written.ok() ? std::string() : written.error().message;
    };
    QVERIFY(refusal(source.path(), source.path()).find("already") != std::string::npos);
    const Path to = pathOf(made.filePath(QStringLiteral("out")));
    QVERIFY(!refusal(pathOf(made.path()), to).empty()); // no config.json
    Json config = source.json("config.json");
    config["initializer_range"] = -1;
    source.write("config.json", config.dump());
    QVERIFY(refusal(source.path(), to).find("initializer_range") != std::string::npos);
    QVERIFY(!std::filesystem::exists(to));
}

void TestModelFiles::computeOptions() {
    const auto with = [](const char* device, const char* dtype, int threads) {
        ComputeOptions options;
        options.device = device;
        options.dtype = dtype;
        options.threads = threads;
        return Model::load(pathOf(tiny()), options);
    };
    QCOMPARE(with("cpu", "auto", 1).value()->info().dtype,
             std::string("float32")); // small: float32
    QCOMPARE(with("cpu", "bfloat16", 0).value()->info().dtype, std::string("bfloat16"));
    QCOMPARE(with("cpu", "auto", 0).value()->info().storedDType, std::string("bfloat16"));
    QCOMPARE(with("tpu", "auto", 0).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(with("cuda:x", "auto", 0).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(with("cuda:4000", "auto", 0).error().code, ErrorCode::Unsupported);
    QCOMPARE(with("cpu", "float8", 0).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(with("cpu", "auto", -1).error().code, ErrorCode::InvalidArgument);
    const auto info = with("cpu", "auto", 0).value()->info();
    QCOMPARE(info.vocabularySize, 97);
    QCOMPARE(info.contextLength, 128);
    QCOMPARE(info.eosIds, Ids{2});
    // In place, norms aside, which are float32 always.
    QVERIFY(info.parameters > 20000 && info.weightBytes >= 2 * info.parameters &&
            info.weightBytes < 5 * info.parameters / 2);
}

void TestModelFiles::machine() {
    const auto all = devices();
    QVERIFY(!all.empty());
    QCOMPARE(all[0].name, std::string("cpu"));
    QVERIFY(all[0].memoryBytes > all[0].freeBytes && all[0].freeBytes > 0);
    QVERIFY(backendVersion().starts_with("2."));
}

QTEST_GUILESS_MAIN(TestModelFiles)
#include "tst_model_files.moc"
