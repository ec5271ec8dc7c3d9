#include "core/jobs/train_preview.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/engine/model_config.h"
#include "core/engine/safetensors.h"
#include "core/jobs/train_set.h"
#include "core/spec/params.h"
#include "core/spec/pipeline.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cstdio>
#include <set>

namespace crux::jobs {

namespace {

constexpr std::size_t kExamples = 3;
constexpr std::size_t kShownTokens = 2048;         ///< of one sequence
constexpr std::int64_t kHashedBytes = 256ll << 20; ///< larger bases are checked by the job itself

std::string text(const Json& spec, const char* key) {
    return spec.at(key).get<std::string>();
}

/// A piece for people: text where it is some, else its bytes as "<0xE2>".
std::string readablePiece(const std::string& bytes) {
    if (firstInvalidUtf8(bytes) == std::string::npos)
        return bytes;
    std::string made;
    for (const char byte : bytes) {
        char shown[8];
        std::snprintf(shown, sizeof shown, "<0x%02X>", static_cast<unsigned char>(byte));
        made += shown;
    }
    return made;
}

Json sequenceJson(const engine::train::TrainSequence& from, const text::Tokenizer* tokenizer) {
    const std::size_t shown = std::min(from.ids.size(), kShownTokens);
    Json ids = Json::array(), pieces = Json::array(), weights = Json::array();
    for (std::size_t i = 0; i < shown; ++i) {
        ids.push_back(from.ids[i]);
        if (tokenizer != nullptr)
            pieces.push_back(readablePiece(tokenizer->pieceBytes(from.ids[i])));
        const auto at = static_cast<std::int64_t>(i) - from.promptTokens;
        if (at >= 0 && at < static_cast<std::int64_t>(from.weights.size()))
            weights.push_back(jsonNumber(from.weights[static_cast<std::size_t>(at)]));
    }
    return {{"ids", std::move(ids)},
            {"pieces", std::move(pieces)},
            {"prompt_tokens", from.promptTokens},
            {"weights", std::move(weights)},
            {"tokens", from.ids.size()}};
}

/// Gathers the preview of one spec. Owner: previewTraining.
class Preview {
public:
    Preview(const store::Project& project, Json spec)
        : m_project(project)
        , m_spec(std::move(spec)) {}

    Result<Json> make() {
        m_made = {{"given", 0},
                  {"kept", 0},
                  {"dropped", Json::object()},
                  {"examples", Json::array()},
                  {"problems", Json::array()}};
        CRUX_TRY(ready, findModel());
        if (!ready)
            return std::move(m_made);
        CRUX_TRY_VOID(checkStart());
        CRUX_TRY(scored, checkScores());
        CRUX_TRY_VOID(read(scored));
        return std::move(m_made);
    }

private:
    void problem(const char* code, const std::string& message, std::int64_t count = 0) {
        m_made["problems"].push_back({{"code", code}, {"message", message}, {"count", count}});
    }

    Result<bool> findModel() {
        auto found = knownModel(m_project, text(m_spec, "model"));
        if (!found.ok()) {
            problem("model", found.error().message);
            return false;
        }
        m_model = std::move(*found);
        m_made["model"] = m_model.row.name;
        auto tokenizer = text::loadTokenizer(m_model.row.path);
        if (!tokenizer.ok()) {
            problem("tokenizer", tokenizer.error().message);
            return false;
        }
        m_tokenizer = std::move(*tokenizer);
        return true;
    }

    /// A registered adapter says whose it is; of a folder the shapes tell.
    Status checkStart() {
        const std::string start = text(m_spec, "start_adapter");
        if (start.empty())
            return {};
        CRUX_TRY(all, store::adapters(m_project));
        for (const store::AdapterRecord& row : all) {
            if (cat(row.id.value) != start && row.name != start && row.path != start)
                continue;
            if (row.modelId != m_model.row.id)
                problem("other_base",
                        cat("The adapter \"", row.name, "\" belongs to another model than ",
                            m_model.row.name, "."));
            return {};
        }
        checkShapes(start);
        return {};
    }

    void checkShapes(const Path& folder) {
        const auto config = engine::readModelConfig(m_model.row.path);
        const auto tensors = engine::openSafetensors(folder / "adapter_model.safetensors");
        if (!tensors.ok()) {
            problem("other_base", tensors.error().message);
            return;
        }
        for (const auto& [name, tensor] : *tensors) {
            const bool down = name.find("down_proj.lora_A") != std::string::npos;
            const bool output = name.find("o_proj.lora_A") != std::string::npos;
            if (!config.ok() || name.find("lora_A") == std::string::npos || output ||
                tensor.shape.size() != 2)
                continue;
            if (tensor.shape[1] != (down ? config->intermediateSize : config->hiddenSize)) {
                problem("other_base",
                        cat("The adapter in ", folder.string(), " was made for another model than ",
                            m_model.row.name, "."));
                return;
            }
        }
    }

    /// True when the weights of cDPO are there, or none are needed.
    Result<bool> checkScores() {
        m_set = trainSetOf(m_project, m_spec);
        if (m_spec.at("method") != "cdpo" || referencedJob(m_spec.at("score_set")))
            return m_spec.at("method") != "cdpo"; // comes from a job before it
        if (!m_set.ok())
            return true;
        CRUX_TRY(rows, store::pairsOf(m_project, m_set->id));
        std::vector<TrajectoryId> needed;
        const bool both = m_spec.at("cdpo_weights") == "both";
        for (const store::PairRecord& row : rows) {
            if (!row.rejectedWeights.empty() && text(m_spec, "score_set").empty())
                continue;
            if (row.rejected)
                needed.push_back(row.rejected);
            if (both)
                needed.push_back(row.chosen);
        }
        if (needed.empty())
            return true;
        std::sort(needed.begin(), needed.end());
        needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
        auto scores = trainScores(m_project, text(m_spec, "score_set"));
        if (!scores.ok()) {
            problem("no_scores", scores.error().message, std::ssize(needed));
            return false;
        }
        CRUX_TRY_VOID(checkBase(*scores));
        CRUX_TRY(missing, store::unscored(m_project, scores->id, needed));
        if (!missing.empty())
            problem("unscored",
                    cat(missing.size(), " of ", needed.size(),
                        " trajectories of this data have no scores in \"", scores->name, "\"."),
                    std::ssize(missing));
        return missing.empty();
    }

    /// s_t of this base before its files changed weigh the wrong thing.
    Status checkBase(const store::ScoreSetRecord& scores) {
        if (scores.positiveModel != m_model.row.id)
            return {};
        std::string now = m_model.row.weightsHash;
        if (m_model.row.sizeBytes <= kHashedBytes)
            if (const auto hash = hashWeightsFolder(m_model.row.path); hash.ok())
                now = *hash;
        if (!scores.provenance.weightsHash.empty() && scores.provenance.weightsHash != now)
            problem("changed_base",
                    cat("The scores \"", scores.name, "\" were computed with other weights of ",
                        m_model.row.name, " than its folder holds now."));
        return {};
    }

    Status read(bool scored) {
        Json spec = m_spec;
        if (!scored) // rows are the same, their weights are not there yet
            spec["method"] = "dpo";
        const auto data = readTrainRows(m_project, spec, m_model.info, m_tokenizer.get());
        if (!data.ok()) {
            const bool missing = data.error().code == ErrorCode::NotFound;
            problem(missing ? "no_data" : "bad_data", data.error().message);
            return {};
        }
        describe(*data);
        judge(*data, scored);
        return {};
    }

    void describe(const TrainData& data) {
        m_made["data"] = data.name;
        m_made["kind"] = data.kind;
        m_made["score_set"] = data.scoreSet;
        m_made["given"] = data.given;
        m_made["kept"] = data.rows.size();
        for (const auto& [reason, count] : data.dropped)
            m_made["dropped"][reason] = count;
        const auto evaluation = std::min<std::int64_t>(m_spec.at("eval_rows").get<std::int64_t>(),
                                                       std::ssize(data.rows));
        m_made["evaluation"] = evaluation;
        m_made["training"] = std::ssize(data.rows) - evaluation;
        std::size_t tokens = 0, longest = 0;
        for (const auto& row : data.rows)
            for (const auto* side : {&row.chosen, &row.rejected}) {
                tokens += side->ids.size();
                longest = std::max(longest, side->ids.size());
            }
        m_made["tokens"] = tokens;
        m_made["longest_tokens"] = longest;
        if (m_set.ok() && data.kind != "file")
            m_made["selection"] = selectionOf(*m_set);
        std::set<std::size_t> shown;
        for (std::size_t i = 0; i < kExamples && !data.rows.empty(); ++i)
            shown.insert(i * (data.rows.size() - 1) / (kExamples - 1));
        for (const std::size_t row : shown)
            m_made["examples"].push_back(exampleJson(data, row));
    }

    Json exampleJson(const TrainData& data, std::size_t row) const {
        const TrainRowSource& source = data.sources[row];
        Json made{{"row", row + 1},
                  {"chosen", sequenceJson(data.rows[row].chosen, m_tokenizer.get())}};
        if (source.line > 0)
            made["line"] = source.line;
        if (source.chosen)
            made["chosen_id"] = source.chosen.value;
        if (source.rejected)
            made["rejected_id"] = source.rejected.value;
        if (!data.rows[row].rejected.ids.empty())
            made["rejected"] = sequenceJson(data.rows[row].rejected, m_tokenizer.get());
        return made;
    }

    /// Questions that the rules left out when the set was chosen.
    static Json selectionOf(const store::PairSetRecord& set) {
        Json dropped = Json::object();
        for (const Json& one : set.rule.value("dropped", Json::array()))
            if (one.is_object())
                dropped[one.value("reason", std::string())] =
                    one.value("questions", Json::array()).size();
        return {{"questions", set.rule.value("questions", Json(0))},
                {"kept", set.rule.value("kept", Json(0))},
                {"dropped", std::move(dropped)}};
    }

    void judge(const TrainData& data, bool scored) {
        if (data.given == 0)
            problem("empty", cat("The training data \"", data.name, "\" is empty."));
        else if (data.rows.empty())
            problem("nothing_left", cat("No row of \"", data.name,
                                        "\" is left to train on: ", data.sentence(), "."));
        const auto evaluation = m_spec.at("eval_rows").get<std::int64_t>();
        if (!data.rows.empty() && evaluation >= std::ssize(data.rows))
            problem("evaluation",
                    cat("Evaluation would take ", evaluation, " of the ", data.rows.size(),
                        " rows of \"", data.name, "\"; lower eval_rows."),
                    std::ssize(data.rows));
        const std::string role = text(m_spec, "role");
        if ((role == "positive" && data.kind == "sft_neg") ||
            (role == "negative" && data.kind == "sft_pos"))
            problem("other_role", cat("The ", role, " model would be trained on the ",
                                      data.kind == "sft_neg" ? "negative" : "positive", " data."));
        const bool weighted = std::any_of(data.rows.begin(), data.rows.end(), [](const auto& row) {
            return !row.rejected.weights.empty();
        });
        if (m_spec.at("method") == "cdpo" && scored && !weighted && !data.rows.empty())
            problem("no_weights", cat("\"", data.name, "\" carries no weights for cDPO."));
    }

    const store::Project& m_project;
    Json m_spec, m_made;
    KnownModel m_model;
    text::TokenizerPtr m_tokenizer;
    Result<store::PairSetRecord> m_set = fail(ErrorCode::NotFound, "not looked for yet");
};

} // namespace

Result<KnownModel> knownModel(const store::Project& project, const std::string& text) {
    CRUX_TRY(all, store::models(project));
    KnownModel known;
    std::error_code code;
    const Path folder = std::filesystem::weakly_canonical(text, code);
    for (const store::ModelRecord& row : all)
        if (text.empty()
                ? all.size() == 1
                : row.name == text || cat(row.id.value) == text || row.path == folder.string()) {
            known.row = row;
            break;
        }
    if (!known.row.id) {
        if (text.empty())
            return fail(ErrorCode::NotFound,
                        all.empty() ? "The project has no model to train; name a model folder."
                                    : "The project has several models; say which one is trained.");
        if (!std::filesystem::is_directory(text, code))
            return fail(ErrorCode::NotFound,
                        cat("\"", text, "\" is neither a registered model nor a folder."), text);
        known.row.path = folder.string();
        known.row.name = folder.filename().string();
    }
    CRUX_TRY(config, engine::readModelConfig(known.row.path));
    known.info.architecture = config.architecture;
    known.info.vocabularySize = static_cast<std::int32_t>(config.vocabularySize);
    known.info.contextLength = static_cast<std::int32_t>(config.contextLength);
    known.info.eosIds = config.eosIds;
    known.info.bosId = config.bosId;
    return known;
}

Result<Json> previewTraining(const store::Project& project, const Json& given) {
    CRUX_TRY(spec, completeSpec("train", given));
    return Preview(project, std::move(spec)).make();
}

} // namespace crux::jobs
