#include "core/interop/rollout_rows.h"

#include "core/base/text_util.h"
#include "core/interop/import_kinds.h"
#include "core/interop/json_fields.h"

#include <limits>

namespace crux::interop {

namespace {

Result<std::vector<std::int32_t>> idsOf(const Json& value, const char* key) {
    if (!value.is_array())
        return wrongField(key, "is not a list of token ids");
    std::vector<std::int32_t> ids;
    ids.reserve(value.size());
    for (const Json& id : value) {
        if (!id.is_number_integer() || id < 0 || id > std::numeric_limits<std::int32_t>::max())
            return wrongField(key, "is not a list of token ids");
        ids.push_back(id.get<std::int32_t>());
    }
    return ids;
}

Result<PaperRollouts::Continuation> checkedOf(const Json& check) {
    if (!check.is_array() || check.size() != 3 || !check[0].is_string() || !check[1].is_string() ||
        !check[2].is_boolean())
        return wrongField("generation_check",
                          "has an entry that is not [text, answer, true or false]");
    PaperRollouts::Continuation one;
    one.text = check[0].get<std::string>();
    one.check = {check[1].get<std::string>(), check[2].get<bool>()};
    return one;
}

Status readContinuations(const Json& object, PaperRollouts& row) {
    if (const auto checks = object.find("generation_check"); checks != object.end()) {
        if (!checks->is_array())
            return wrongField("generation_check", "is not a list");
        for (const Json& check : *checks) {
            CRUX_TRY(one, checkedOf(check));
            row.continuations.push_back(std::move(one));
        }
        return {};
    }
    const auto texts = object.find("generation_result");
    if (texts == object.end())
        return {};
    if (!texts->is_array())
        return wrongField("generation_result", "is not a list");
    for (const Json& text : *texts) {
        if (!text.is_string())
            return wrongField("generation_result", "holds an entry that is no text");
        row.continuations.emplace_back();
        row.continuations.back().text = text.get<std::string>();
    }
    return {};
}

Status readReplacement(const Json& object, PaperRollouts& row) {
    const auto replaced = object.find("replace_token");
    if (replaced == object.end() || replaced->is_null())
        return {};
    if (!replaced->is_object())
        return wrongField("replace_token", "is not {from, to}");
    CRUX_TRY(from, textField(*replaced, "from"));
    CRUX_TRY(to, textField(*replaced, "to"));
    row.replaced = {from, to};
    row.fromSampler = labelField(object, "replacement") == "sampler";
    return {};
}

Status readIds(const Json& object, PaperRollouts& row) {
    const auto prefix = object.find("prefix_ids");
    if (prefix == object.end())
        return {};
    CRUX_TRY(prefixIds, idsOf(*prefix, "prefix_ids"));
    const auto lists = object.find("generation_ids");
    if (lists == object.end() || !lists->is_array() || lists->size() != row.continuations.size())
        return wrongField("generation_ids", "is not a list for each generation");
    for (std::size_t i = 0; i < lists->size(); ++i) {
        CRUX_TRY(ids, idsOf((*lists)[i], "generation_ids"));
        row.continuations[i].ids = std::move(ids);
    }
    row.prefixIds = std::move(prefixIds);
    return {};
}

store::Provenance provenanceIn(const Json& object) {
    store::Provenance made;
    const auto it = object.find("made_by");
    if (it == object.end() || !it->is_object())
        return made;
    made.weightsHash = labelField(*it, "weights_hash");
    made.adapterHash = labelField(*it, "adapter_hash");
    made.tokenizerHash = labelField(*it, "tokenizer_hash");
    if (const auto params = it->find("params"); params != it->end() && params->is_object())
        made.params = *params;
    if (const auto seed = it->find("seed"); seed != it->end() && seed->is_number_integer())
        made.seed = seed->get<std::uint64_t>();
    made.dtype = labelField(*it, "dtype");
    made.device = labelField(*it, "device");
    made.programVersion = labelField(*it, "program_version");
    return made;
}

} // namespace

Result<PaperRollouts> parsePaperRollouts(const Json& object, const std::string& task) {
    PaperRollouts row;
    CRUX_TRY(prefix, textField(object, "question"));
    row.prefix = std::move(prefix);
    row.id = labelField(object, "id");
    if (row.id.empty())
        return wrongField("id", "is missing");
    row.golds = goldField(object, "answer", task);
    if (const auto label = object.find("response_label");
        label != object.end() && label->is_boolean())
        row.right = label->get<bool>();
    CRUX_TRY_VOID(readReplacement(object, row));
    CRUX_TRY_VOID(readContinuations(object, row));
    CRUX_TRY_VOID(readIds(object, row));
    return row;
}

Result<StoredRollout> parseStoredRollout(const Json& object) {
    StoredRollout row;
    CRUX_TRY(questionId, textField(object, "question_id"));
    row.questionId = std::move(questionId);
    const auto prefix = object.find("prefix_ids");
    if (prefix == object.end())
        return wrongField("prefix_ids", "is missing");
    CRUX_TRY(prefixIds, idsOf(*prefix, "prefix_ids"));
    if (prefixIds.empty())
        return wrongField("prefix_ids", "is empty");
    row.prefixIds = std::move(prefixIds);
    row.rollout.position = static_cast<std::int32_t>(row.prefixIds.size()) - 1;
    const auto ids = object.find("ids");
    if (ids == object.end())
        return wrongField("ids", "is missing");
    CRUX_TRY(drawn, idsOf(*ids, "ids"));
    row.rollout.ids = std::move(drawn);
    CRUX_TRY(index, jsonInt(object, "index"));
    if (index < 0 || index > 1'000'000)
        return wrongField("index", "is out of range");
    row.rollout.index = static_cast<std::int32_t>(index);
    row.rollout.variant = labelField(object, "variant");
    row.rollout.seedPath = labelField(object, "seed_path");
    row.rollout.answer = labelField(object, "answer");
    row.rollout.verdictReason = labelField(object, "verdict_reason");
    row.rollout.finishReason = labelField(object, "finish_reason");
    CRUX_TRY(verdict, textField(object, "verdict"));
    const auto known = verdictFromName(verdict);
    if (!known)
        return wrongField("verdict", "is no verdict");
    row.rollout.verdict = *known;
    row.madeBy = provenanceIn(object);
    return row;
}

} // namespace crux::interop
