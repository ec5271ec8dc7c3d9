#include "core/engine/train/checkpoint.h"

#include "core/base/text_util.h"
#include "core/engine/model_texts.h"
#include "core/engine/safetensors.h"
#include "core/engine/safetensors_writer.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <unistd.h>

namespace crux::engine::train {

namespace {

constexpr int kFormat = 1;
constexpr const char* kDone = "DONE";
/// Apart from the adapter, so that the folder above is what peft writes and hashes as such.
constexpr const char* kStateFolder = "state";

Failure folderFailure(const Path& folder, const std::error_code& code, const char* what) {
    return fail(errorCodeFromErrno(code.value()),
                cat("cannot ", what, " the checkpoint ", folder.string(), ": ", code.message()),
                folder.string());
}

/// A dtype as safetensors names it.
const char* storedName(at::ScalarType type) {
    return type == at::kFloat ? "F32" : type == at::kBFloat16 ? "BF16" : "F64";
}

/// Makes the entries of a folder durable; file systems that cannot are let be.
void syncFolder(const Path& folder) {
    const int handle =
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0)
        return;
    ::fsync(handle);
    ::close(handle);
}

/// Parameters in their own dtype, or in the model's for whole models.
Status writeTensors(const Path& file, const std::vector<std::pair<std::string, at::Tensor>>& list) {
    std::vector<HostTensor> kept;
    std::vector<TensorBytes> tensors;
    kept.reserve(list.size());
    for (const auto& [name, tensor] : list) {
        const HostTensor& host = kept.emplace_back(onHost(tensor));
        tensors.push_back(
            {name,
             host.dtype,
             std::vector<std::int64_t>(host.keep.sizes().begin(), host.keep.sizes().end()),
             {static_cast<const std::byte*>(host.keep.const_data_ptr()), host.keep.nbytes()}});
    }
    return writeSafetensors(file, std::move(tensors), {{"format", "pt"}});
}

/// Rank and targets as the parameters themselves say.
Json adapterConfig(const TrainableModel& model, const TrainOptions& options) {
    std::set<std::string> targets;
    std::int64_t rank = 1;
    for (const Parameter& parameter : model.parameters()) {
        const std::string suffix = ".lora_A.weight";
        if (!parameter.name.ends_with(suffix))
            continue;
        rank = parameter.value.size(0);
        const std::string module = parameter.name.substr(0, parameter.name.size() - suffix.size());
        targets.insert(module.substr(module.rfind('.') + 1));
    }
    const bool stabilised = options.lora.rankStabilised && options.startAdapter.empty();
    const double divisor =
        stabilised ? std::sqrt(static_cast<double>(rank)) : static_cast<double>(rank);
    const double alpha = model.loraScale() * divisor;
    // A whole number where it is one: peft declares lora_alpha as an integer.
    const Json written = std::fabs(alpha - std::round(alpha)) < 1e-9
                             ? Json(static_cast<std::int64_t>(std::llround(alpha)))
                             : Json(alpha);
    return {{"peft_type", "LORA"},
            {"task_type", "CAUSAL_LM"},
            {"base_model_name_or_path", options.baseFolder.string()},
            {"r", rank},
            {"lora_alpha", written},
            {"lora_dropout", options.lora.dropout},
            {"target_modules", targets},
            {"bias", "none"},
            {"fan_in_fan_out", false},
            {"inference_mode", true},
            {"init_lora_weights", true},
            {"modules_to_save", nullptr},
            {"layers_to_transform", nullptr},
            {"layers_pattern", nullptr},
            {"rank_pattern", Json::object()},
            {"alpha_pattern", Json::object()},
            {"use_rslora", stabilised},
            {"use_dora", false},
            {"revision", nullptr}};
}

Status writeAdapter(const Path& folder, const TrainableModel& model, const TrainOptions& options) {
    std::vector<std::pair<std::string, at::Tensor>> list;
    for (const Parameter& parameter : model.parameters())
        list.emplace_back(parameter.name, parameter.value);
    CRUX_TRY_VOID(writeTensors(folder / "adapter_model.safetensors", list));
    return writeFileAtomically(folder / "adapter_config.json",
                               dumpJson(adapterConfig(model, options)) + "\n");
}

Status writeModel(const Path& folder, const TrainableModel& model, const TrainOptions& options) {
    std::vector<std::pair<std::string, at::Tensor>> list;
    for (const Parameter& parameter : model.parameters())
        list.emplace_back(parameter.name, parameter.value.to(model.dtype()));
    CRUX_TRY_VOID(writeTensors(folder / "model.safetensors", list));
    return copyModelTexts(options.baseFolder, folder);
}

Status writeOptimizer(const Path& folder, const TrainableModel& model, const AdamW& optimizer) {
    std::vector<std::pair<std::string, at::Tensor>> list;
    for (std::size_t i = 0; i < model.parameters().size(); ++i) {
        const std::string& name = model.parameters()[i].name;
        list.emplace_back("value/" + name, model.parameters()[i].value);
        list.emplace_back("first/" + name, optimizer.first()[i]);
        list.emplace_back("second/" + name, optimizer.second()[i]);
    }
    return writeTensors(folder / "optimizer.safetensors", list);
}

Status fillTensor(const StoredTensors& stored, const std::string& name, at::Tensor to,
                  const Path& file) {
    const auto found = stored.find(name);
    if (found == stored.end() || found->second.shape != to.sizes().vec() ||
        found->second.dtype != storedName(to.scalar_type()))
        return fail(ErrorCode::Mismatch,
                    cat(file.string(), " does not hold \"", name, "\" as this run has it"),
                    file.string());
    at::Tensor host = at::empty(to.sizes(), to.scalar_type());
    std::memcpy(host.data_ptr(), found->second.bytes.data(), found->second.bytes.size());
    to.copy_(host);
    return {};
}

} // namespace

HostTensor onHost(const at::Tensor& tensor) {
    return {tensor.to(at::kCPU).contiguous(), storedName(tensor.scalar_type())};
}

bool isCompleteCheckpoint(const Path& folder) {
    std::error_code code;
    return std::filesystem::is_regular_file(folder / kDone, code);
}

Status writeFolderDurably(const Path& folder, const std::function<Status(const Path&)>& write) {
    std::error_code code;
    const Path parent = folder.parent_path();
    std::filesystem::create_directories(parent, code);
    if (code)
        return folderFailure(folder, code, "make the folder of");
    Path aside = folder;
    aside += ".partial";
    std::filesystem::remove_all(aside, code); // of a run that was killed here
    std::filesystem::create_directory(aside, code);
    if (code)
        return folderFailure(folder, code, "make");
    Status written = write(aside);
    if (written.ok())
        written = writeFileAtomically(aside / kDone, "complete\n");
    if (!written.ok()) {
        std::filesystem::remove_all(aside, code); // frees a full disk; the last good one stays
        return written;
    }
    if (std::filesystem::exists(folder, code)) { // never half of the old under the name
        std::filesystem::remove(folder / kDone, code);
        std::filesystem::remove_all(folder, code);
    }
    std::filesystem::rename(aside, folder, code);
    if (code)
        return folderFailure(folder, code, "finish");
    syncFolder(parent);
    return {};
}

Status writeCheckpoint(const Path& folder, const TrainableModel& model, const AdamW& optimizer,
                       const TrainOptions& options, const CheckpointState& state) {
    return writeFolderDurably(folder, [&](const Path& to) -> Status {
        if (model.trainsAll())
            CRUX_TRY_VOID(writeModel(to, model, options));
        else
            CRUX_TRY_VOID(writeAdapter(to, model, options));
        std::error_code code;
        std::filesystem::create_directory(to / kStateFolder, code);
        if (code)
            return folderFailure(folder, code, "make");
        CRUX_TRY_VOID(writeOptimizer(to / kStateFolder, model, optimizer));
        const Json json{{"format", kFormat},
                        {"step", state.step},
                        {"fingerprint", state.fingerprint},
                        {"extra", state.extra}};
        return writeFileAtomically(to / kStateFolder / "train_state.json", dumpJson(json) + "\n");
    });
}

Status exportCheckpoint(const Path& checkpoint, const Path& to) {
    return writeFolderDurably(to, [&](const Path& aside) -> Status {
        std::error_code code;
        for (const auto& entry : std::filesystem::directory_iterator(checkpoint, code)) {
            if (!entry.is_regular_file(code) || entry.path().filename() == kDone)
                continue;
            const Path copy = aside / entry.path().filename();
            std::filesystem::copy_file(entry.path(), copy, code);
            if (code)
                return folderFailure(to, code, "write");
            const int handle = ::open(copy.c_str(), O_RDONLY | O_CLOEXEC);
            if (handle >= 0) {
                ::fsync(handle);
                ::close(handle);
            }
        }
        if (code)
            return folderFailure(checkpoint, code, "read");
        return {};
    });
}

Result<CheckpointState> readCheckpoint(const Path& folder, TrainableModel& model, AdamW& optimizer,
                                       const std::string& fingerprint) {
    if (!isCompleteCheckpoint(folder))
        return fail(ErrorCode::Corrupt,
                    cat("the checkpoint ", folder.string(),
                        " was not written to its end; choose an earlier one"),
                    folder.string());
    CRUX_TRY(text, readFile(folder / kStateFolder / "train_state.json", 64u << 20));
    const auto json = parseJson(text);
    CheckpointState state;
    if (!json.ok() || !json->is_object() || json->value("format", 0) != kFormat ||
        !json->contains("step") || !json->at("step").is_number_integer() ||
        !json->contains("fingerprint") || !json->at("fingerprint").is_string())
        return fail(ErrorCode::Corrupt,
                    cat((folder / kStateFolder / "train_state.json").string(),
                        " is no training state of Crux"),
                    folder.string());
    state.step = json->at("step").get<std::int64_t>();
    state.fingerprint = json->at("fingerprint").get<std::string>();
    state.extra = json->value("extra", Json::object());
    if (state.fingerprint != fingerprint)
        return fail(ErrorCode::Mismatch,
                    cat("the checkpoint ", folder.string(),
                        " belongs to a run with other data, options or base; start a new run, or "
                        "give its adapter as the one to go on from"),
                    folder.string());
    const Path file = folder / kStateFolder / "optimizer.safetensors";
    CRUX_TRY(stored, openSafetensors(file));
    for (std::size_t i = 0; i < model.parameters().size(); ++i) {
        const Parameter& parameter = model.parameters()[i];
        CRUX_TRY_VOID(fillTensor(stored, "value/" + parameter.name, parameter.value, file));
        CRUX_TRY_VOID(fillTensor(stored, "first/" + parameter.name, optimizer.first()[i], file));
        CRUX_TRY_VOID(fillTensor(stored, "second/" + parameter.name, optimizer.second()[i], file));
    }
    model.refresh();
    optimizer.setSteps(state.step);
    return state;
}

} // namespace crux::engine::train
