#include "core/base/text_util.h"
#include "core/jobs/facade.h"
#include "core/store/repositories.h"

#include <map>

namespace crux::jobs {

struct ModelCache::Impl {
    engine::ComputeOptions options;
    std::function<void(const ModelState&)> observer;
    // Keyed by folder, so that two rows or projects naming one folder share its weights.
    std::map<std::string, std::shared_ptr<engine::Model>> models;
    std::map<std::string, text::TokenizerPtr> tokenizers;

    void tell(const ModelState& state) const {
        if (observer)
            observer(state);
    }

    Result<std::shared_ptr<engine::Model>> load(const store::ModelRecord& record) {
        const auto found = models.find(record.path);
        if (found != models.end())
            return found->second;
        tell({"loading", record.name, {}});
        auto loaded = engine::Model::load(record.path, options);
        if (!loaded.ok()) {
            tell({"failed", record.name, {}});
            return fail(loaded.error());
        }
        if ((*loaded)->info().vocabularySize != record.vocabularySize) {
            tell({"failed", record.name, {}});
            return fail(ErrorCode::Mismatch,
                        cat("The model folder ", record.path, " now has a vocabulary of ",
                            (*loaded)->info().vocabularySize, " tokens, not of ",
                            record.vocabularySize, " as registered; register it again."),
                        record.path);
        }
        models[record.path] = *loaded;
        tell({"ready", record.name, (*loaded)->info()});
        return *loaded;
    }
};

ModelCache::ModelCache(engine::ComputeOptions options)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->options = std::move(options);
}

ModelCache::~ModelCache() = default;

Result<engine::ModelRef> ModelCache::model(const store::Project& project, ModelId id,
                                           AdapterId adapterId) {
    CRUX_TRY(record, store::model(project, id));
    CRUX_TRY(loaded, m_impl->load(record));
    engine::ModelRef ref{loaded, -1};
    if (!adapterId)
        return ref;
    CRUX_TRY(adapter, store::adapter(project, adapterId));
    if (adapter.modelId != id)
        return fail(ErrorCode::Mismatch,
                    cat("The adapter ", adapter.name, " does not belong to the model ", record.name,
                        "; choose one that does."),
                    adapter.path);
    CRUX_TRY(index, loaded->attachAdapter(adapter.path));
    ref.adapter = index;
    return ref;
}

Result<text::TokenizerPtr> ModelCache::tokenizer(const store::Project& project, ModelId id) {
    CRUX_TRY(record, store::model(project, id));
    const auto found = m_impl->tokenizers.find(record.path);
    if (found != m_impl->tokenizers.end())
        return found->second;
    if (!text::hasTokenizer(record.path))
        return fail(ErrorCode::NotFound,
                    cat("The model folder ", record.path,
                        " holds no tokenizer; put its tokenizer files beside the weights."),
                    record.path);
    CRUX_TRY(tokenizer, text::loadTokenizer(record.path));
    m_impl->tokenizers[record.path] = tokenizer;
    return tokenizer;
}

const engine::ComputeOptions& ModelCache::options() const {
    return m_impl->options;
}

void ModelCache::clear() {
    m_impl->models.clear();
    m_impl->tokenizers.clear();
}

void ModelCache::setObserver(std::function<void(const ModelState&)> observer) {
    m_impl->observer = std::move(observer);
}

} // namespace crux::jobs
