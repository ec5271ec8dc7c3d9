#include "ui/model/force_service.h"

#include "core/store/repositories.h"
#include "ui/model/live_branch.h"
#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/undo_commands.h"
#include "ui/model/worker_client.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QPointer>
#include <QTimer>
#include <QUndoStack>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr int kFrameMs = 33; ///< updates of streaming text, UX.md 3.14: at most 30 a second

std::vector<std::int32_t> idsOf(const Json& object, const char* key) {
    std::vector<std::int32_t> ids;
    const auto found = object.find(key);
    if (found != object.end() && found->is_array())
        for (const Json& item : *found)
            if (item.is_number_integer())
                ids.push_back(item.get<std::int32_t>());
    return ids;
}

QStringList textsOf(const Json& object, const char* key) {
    QStringList texts;
    const auto found = object.find(key);
    if (found != object.end() && found->is_array())
        for (const Json& item : *found)
            texts << (item.is_string() ? QString::fromStdString(item.get<std::string>())
                                       : QString());
    return texts;
}

float numberOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<float>() : -1.0F;
}

std::int64_t integerOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

} // namespace

const store::ModelRecord* modelFor(const ProjectFacts& facts, const store::TrajectoryRecord& record,
                                   ScoreSetId scoreSet) {
    // Ids of an unnamed tokenizer may be any model's whose vocabulary holds them.
    const std::int32_t largest =
        record.ids.empty() ? -1 : *std::max_element(record.ids.begin(), record.ids.end());
    const auto reads = [&](const store::ModelRecord& model) {
        return record.tokenizerHash.empty()
                   ? model.vocabularySize <= 0 || largest < model.vocabularySize
                   : model.tokenizerHash == record.tokenizerHash;
    };
    const auto withId = [&](ModelId id) -> const store::ModelRecord* {
        for (const auto& model : facts.models)
            if (id && model.id == id && reads(model))
                return &model;
        return nullptr;
    };
    if (const auto* own = withId(record.modelId))
        return own;
    if (const auto* set = facts.scoreSet(scoreSet))
        for (const ModelId id : {set->policyModel, set->positiveModel})
            if (const auto* model = withId(id))
                return model;
    for (const auto& model : facts.models)
        if (const auto* same = withId(model.id))
            return same;
    return nullptr;
}

QString tokensReason(const ProjectFacts& facts, const TrajectorySnapshot& shown,
                     ScoreSetId scoreSet) {
    if (shown.fault == TokenFault::NotSpelled)
        return ForceService::tr("The stored token ids do not spell this trajectory's text.");
    if (!modelFor(facts, shown.record, scoreSet))
        return ForceService::tr("No model of this project has this trajectory's tokenizer.");
    return {};
}

struct ForceService::Impl {
    Impl(ForceService& owner, Session& of)
        : service(owner)
        , session(of) {}

    ForceService& service;
    Session& session;
    std::vector<LiveBranch> live; ///< one a sample
    std::size_t followed = 0;     ///< the one in the pane
    bool listed = false;          ///< the outline knows of them
    qint64 request = 0;           ///< 0: nothing runs
    bool dirty = false, stopping = false;
    int branchNumber = 0;
    QElapsedTimer clock;
    QTimer frame;

    const store::ModelRecord* model() const {
        const auto current = session.current();
        return current ? modelFor(session.facts(), current->record, session.scoreSet()) : nullptr;
    }
    void offerToLocate(Notice& notice);
    void begin(int position, Json params, const std::vector<std::int32_t>& forced, int samples);
    void takeProgress(const Json& progress);
    void show();
    void finish(TrajectoryId root, const Result<Json>& reply);
};

ForceService::ForceService(Session& session, QObject* parent)
    : QObject(parent)
    , m_impl(std::make_unique<Impl>(*this, session)) {
    m_impl->frame.setInterval(kFrameMs);
    connect(&m_impl->frame, &QTimer::timeout, this, [this] { m_impl->show(); });
    connect(&session, &Session::currentChanged, this, &ForceService::changed);
    connect(&session, &Session::factsChanged, this, &ForceService::changed);
    connect(&session.worker(), &WorkerClient::stateChanged, this, &ForceService::changed);
}

ForceService::~ForceService() = default;

bool ForceService::running() const {
    return m_impl->request != 0;
}

int ForceService::samples() const {
    return running() ? static_cast<int>(m_impl->live.size()) : 0;
}

int ForceService::tokensWritten() const {
    int written = 0;
    if (running())
        for (const LiveBranch& live : m_impl->live)
            written += live.written();
    return written;
}

void ForceService::follow(TrajectoryId path) {
    for (std::size_t i = 0; path && i < m_impl->live.size(); ++i)
        if (m_impl->request != 0 && m_impl->live[i].trajectory() == path) {
            m_impl->followed = i;
            m_impl->session.showLivePane(m_impl->live[i].snapshot());
        }
}

double ForceService::tokensPerSecond() const {
    const double seconds = running() ? static_cast<double>(m_impl->clock.elapsed()) / 1000.0 : 0.0;
    return seconds > 0.05 ? tokensWritten() / seconds : 0.0;
}

QString ForceService::unavailableReason() const {
    Session& session = m_impl->session;
    if (!session.isOpen())
        return tr("No project is open.");
    if (running() && samples() > 1)
        return tr("Branches %1 to %2 are being written. Stop them, or force another token when "
                  "they end.")
            .arg(m_impl->branchNumber)
            .arg(m_impl->branchNumber + samples() - 1);
    if (running())
        return tr("Branch %1 is being written. Stop it, or force another token when it ends.")
            .arg(m_impl->branchNumber);
    const SnapshotPtr current = session.current();
    if (!current)
        return tr("No trajectory is open.");
    if (session.readOnly())
        return tr("The project is open for reading only.");
    if (session.facts().models.empty())
        return tr("Forcing a token needs a model; this project has none.");
    if (current->record.ids.empty())
        return tr("This trajectory is not tokenised yet. Scoring it does that.");
    if (const QString reason = tokensReason(session.facts(), *current, session.scoreSet());
        !reason.isEmpty())
        return reason;
    const WorkerClient& worker = session.worker();
    if (worker.state() == WorkerClient::State::Crashed)
        return tr("The worker is not running. %1").arg(worker.crashText());
    return {};
}

void ForceService::forceTokens(int position, const std::vector<std::int32_t>& ids,
                               bool continueAfter, const SamplingParams& sampling) {
    Json params{{"force_ids", ids}, {"continue", continueAfter}, {"sampling", toJson(sampling)}};
    m_impl->begin(position, std::move(params), ids, continueAfter ? sampling.samples : 1);
}

void ForceService::forceText(int position, const QString& text, bool continueAfter,
                             const SamplingParams& sampling) {
    Json params{{"force_text", text.toStdString()},
                {"continue", continueAfter},
                {"sampling", toJson(sampling)}};
    m_impl->begin(position, std::move(params), {}, continueAfter ? sampling.samples : 1);
}

void ForceService::banTokens(int position, const std::vector<std::int32_t>& ids,
                             const SamplingParams& sampling) {
    Json params{{"ban_ids", ids}, {"continue", true}, {"sampling", toJson(sampling)}};
    m_impl->begin(position, std::move(params), {}, sampling.samples);
}

void ForceService::Impl::begin(int position, Json params, const std::vector<std::int32_t>& forced,
                               int samples) {
    const SnapshotPtr parent = session.current();
    const QString reason = service.unavailableReason();
    if (!reason.isEmpty() || !parent || position < 0 ||
        position >= static_cast<int>(parent->tokens.size())) {
        session.post(
            {Notice::Severity::Warning,
             ForceService::tr("The token was not forced."),
             reason.isEmpty() ? ForceService::tr("Choose a token of the trajectory.") : reason,
             {},
             {},
             {},
             {}});
        return;
    }
    params["trajectory_id"] = parent->record.id.value;
    params["position"] = position;
    if (const auto* chosen = model()) {
        params["model_id"] = chosen->id.value;
        if (parent->record.modelId == chosen->id && parent->record.adapterId)
            params["adapter_id"] = parent->record.adapterId.value;
    }
    if (session.scoreSet())
        params["score_set_id"] = session.scoreSet().value;

    branchNumber = static_cast<int>(parent->branches.size()) + 1;
    live.assign(static_cast<std::size_t>(std::max(1, samples)), LiveBranch(parent, position));
    followed = 0;
    listed = false;
    stopping = false;
    clock.start();
    request = session.worker().call(
        QStringLiteral("continue"), params, &service,
        [this, root = parent->record.rootId](const Result<Json>& reply) { finish(root, reply); },
        [this](const Json& progress) { takeProgress(progress); });
    if (!forced.empty())
        session.read<QStringList>(
            &service,
            [forced, hash = parent->record.tokenizerHash](
                const store::Project& project) -> Result<QStringList> {
                CRUX_TRY(vocabulary, store::vocabulary(project, hash));
                QStringList texts;
                for (const std::int32_t id : forced) {
                    const auto index = static_cast<std::size_t>(id);
                    texts << (id >= 0 && index < vocabulary.pieces.size()
                                  ? readableBytes(vocabulary.pieces[index])
                                  : QString());
                }
                return texts;
            },
            [this, forced, mine = request](const Result<QStringList>& texts) {
                if (request != mine || !texts)
                    return;
                for (LiveBranch& one : live)
                    one.setForced(forced, *texts);
                dirty = true;
            });
    session.showLivePane(live.front().snapshot());
    frame.start();
    Q_EMIT service.changed();
}

void ForceService::Impl::takeProgress(const Json& progress) {
    const std::int64_t sample = integerOf(progress, "sample");
    if (sample < 0 || sample >= std::ssize(live))
        return;
    LiveBranch& one = live[static_cast<std::size_t>(sample)];
    if (const std::int64_t id = integerOf(progress, "trajectory_id"); id > 0) {
        one.setTrajectory(TrajectoryId{id});
        if (!std::exchange(listed, true)) // all of them are rows of the project by now
            session.refreshCurrent();
    }
    one.append(idsOf(progress, "ids"), textsOf(progress, "pieces"));
    dirty = true;
}

void ForceService::Impl::show() {
    if (!std::exchange(dirty, false) || request == 0)
        return;
    session.showLivePane(live[followed].snapshot());
    Q_EMIT service.changed();
}

/// Where a folder that the action needed is gone, the notice leads to the dialog that finds it.
void ForceService::Impl::offerToLocate(Notice& notice) {
    const auto offer = [&](const std::string& name, const std::string& path, ModelId modelId,
                           AdapterId adapterId) {
        if (path.empty() || QFileInfo::exists(QString::fromStdString(path)))
            return false;
        notice.text = ForceService::tr("The folder of %1 is not where it was. Nothing stored is "
                                       "affected.")
                          .arg(QString::fromStdString(name));
        notice.actionText = ForceService::tr("Locate…");
        notice.action = [guard = QPointer<ForceService>(&service), modelId, adapterId] {
            if (guard)
                Q_EMIT guard->modelMissing(modelId, adapterId);
        };
        return true;
    };
    if (const auto* used = model(); used && offer(used->name, used->path, used->id, {}))
        return;
    const auto* set = session.facts().scoreSet(session.scoreSet());
    for (const auto& adapter : session.facts().adapters)
        if (set && (adapter.id == set->positiveAdapter || adapter.id == set->negativeAdapter ||
                    adapter.id == set->policyAdapter))
            if (offer(adapter.name, adapter.path, {}, adapter.id))
                return;
}

void ForceService::Impl::finish(TrajectoryId root, const Result<Json>& reply) {
    show();
    request = 0;
    frame.stop();
    if (!reply) {
        // What was written before the fault is a branch of the project: show it from there.
        session.showLivePane(nullptr);
        session.refreshCurrent();
        if (reply.error().code != ErrorCode::Cancelled) {
            Notice notice =
                noticeFromError(reply.error(), ForceService::tr("The branch was not finished."));
            offerToLocate(notice);
            session.post(notice);
        }
        Q_EMIT service.changed();
        return;
    }
    std::vector<BranchId> made;
    TrajectoryId first; // the one that was followed, where there are several
    const Json branches =
        reply->is_object() ? reply->value("branches", Json::array()) : Json::array();
    for (const Json& branch : branches) {
        if (!branch.is_object())
            continue;
        if (const std::int64_t id = integerOf(branch, "branch_id"); id > 0)
            made.push_back(BranchId{id});
        const TrajectoryId path{integerOf(branch, "trajectory_id")};
        if (!first || path == live[followed].trajectory())
            first = path;
    }
    if (!made.empty())
        session.undoStack().push(new BranchesCreatedCommand(session, root, made));
    if (first)
        session.openBranchPane(first);
    else
        session.showLivePane(nullptr);
    session.refreshCurrent();
    Q_EMIT service.changed();
    if (!made.empty())
        Q_EMIT service.finished(made.front());
}

void ForceService::stop() {
    if (m_impl->request == 0 || m_impl->stopping)
        return;
    m_impl->stopping = true;
    m_impl->session.worker().cancel(m_impl->request);
}

void ForceService::tokenise(const QString& text, QObject* context,
                            std::function<void(Result<TokenisedText>)> done) {
    const auto* model = m_impl->model();
    if (!model) {
        done(
            fail(ErrorCode::NotFound, "No model of this project has this trajectory's tokenizer."));
        return;
    }
    m_impl->session.worker().call(
        QStringLiteral("tokenize"),
        Json{{"tokenizer_model_id", model->id.value}, {"text", text.toStdString()}}, context,
        [done = std::move(done)](const Result<Json>& reply) {
            if (!reply)
                return done(fail(reply.error()));
            TokenisedText tokenised{idsOf(*reply, "ids"), textsOf(*reply, "pieces"),
                                    idsOf(*reply, "unknown")};
            while (tokenised.pieces.size() < static_cast<qsizetype>(tokenised.ids.size()))
                tokenised.pieces << QString();
            done(std::move(tokenised));
        });
}

void ForceService::alternatives(int position, int topK, QObject* context,
                                std::function<void(Result<std::vector<AlternativeRow>>)> done) {
    const SnapshotPtr current = m_impl->session.current();
    if (!current) {
        done(fail(ErrorCode::NotFound, "No trajectory is open."));
        return;
    }
    nextTokens(current->record.id, position, {}, topK, context, std::move(done));
}

void ForceService::nextTokens(TrajectoryId trajectory, int position,
                              const std::vector<std::int32_t>& append, int topK, QObject* context,
                              std::function<void(Result<std::vector<AlternativeRow>>)> done) {
    Json params{{"trajectory_id", trajectory.value}, {"position", position}, {"top_k", topK}};
    if (!append.empty())
        params["append_ids"] = append;
    if (m_impl->session.scoreSet())
        params["score_set_id"] = m_impl->session.scoreSet().value;
    m_impl->session.worker().call(
        QStringLiteral("alternatives"), params, context,
        [done = std::move(done)](const Result<Json>& reply) {
            if (!reply)
                return done(fail(reply.error()));
            std::vector<AlternativeRow> rows;
            const Json list =
                reply->is_object() ? reply->value("rows", Json::array()) : Json::array();
            for (const Json& item : list) {
                if (!item.is_object())
                    continue;
                AlternativeRow row;
                row.id = static_cast<std::int32_t>(integerOf(item, "id"));
                if (item.contains("piece") && item["piece"].is_string())
                    row.text = QString::fromStdString(item["piece"].get<std::string>());
                row.p = numberOf(item, "p");
                row.pPositive = numberOf(item, "p_positive");
                row.pNegative = numberOf(item, "p_negative");
                row.s = numberOf(item, "s");
                row.rank =
                    item.contains("rank") ? static_cast<std::int32_t>(integerOf(item, "rank")) : -1;
                rows.push_back(std::move(row));
            }
            done(std::move(rows));
        });
}

} // namespace crux::ui
