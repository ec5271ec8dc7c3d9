#include "ui/model/corpus_model.h"

#include "core/base/clock.h"
#include "core/store/filter.h"
#include "ui/model/session.h"

namespace crux::ui {

namespace {

constexpr int kReloadMs = 1500; ///< a running job writes several times a second
constexpr std::size_t kMostChoices = 200;

Result<QStringList> values(const store::Project& project, const char* field, ScoreSetId set) {
    CRUX_TRY(found, store::filterValues(project, field, set, kMostChoices));
    QStringList list;
    for (const std::string& value : found)
        list << QString::fromStdString(value);
    return list;
}

QString joined(const QStringList& terms) {
    QStringList parts;
    for (const QString& term : terms)
        if (!term.isEmpty())
            parts << (terms.size() > 1 && term.contains(QStringLiteral(" or "))
                          ? QStringLiteral("(%1)").arg(term)
                          : term);
    return parts.join(QStringLiteral(" and "));
}

QString equals(const char* field, const QString& value) {
    return value.isEmpty()
               ? QString()
               : QLatin1String(field) + QLatin1Char('=') +
                     QString::fromStdString(store::quotedForFilter(value.toStdString()));
}

} // namespace

QString CorpusChoice::toJson() const {
    return QString::fromStdString(dumpJson({{"tokens", static_cast<int>(tokens)},
                                            {"method", method.toStdString()},
                                            {"dataset", dataset.toStdString()},
                                            {"model", model.toStdString()},
                                            {"truth", static_cast<int>(truth)},
                                            {"follow", followFilter}}));
}

CorpusChoice CorpusChoice::fromJson(const QString& text) {
    CorpusChoice choice;
    const auto parsed = parseJson(text.toStdString());
    if (!parsed.ok() || !parsed->is_object())
        return choice;
    const auto word = [&](const char* key) {
        const auto found = parsed->find(key);
        return found != parsed->end() && found->is_string()
                   ? QString::fromStdString(found->get<std::string>())
                   : QString();
    };
    const auto number = [&](const char* key) {
        const auto found = parsed->find(key);
        return found != parsed->end() && found->is_number_integer() ? found->get<int>() : 0;
    };
    choice.tokens = static_cast<store::CorpusTokens>(std::clamp(number("tokens"), 0, 2));
    choice.truth = static_cast<store::Truth>(std::clamp(number("truth"), 0, 2));
    choice.method = word("method");
    choice.dataset = word("dataset");
    choice.model = word("model");
    if (const auto found = parsed->find("follow"); found != parsed->end() && found->is_boolean())
        choice.followFilter = found->get<bool>();
    return choice;
}

CorpusModel::CorpusModel(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_thread(StoreThread::AtEnd::Drop, {}) {
    m_later.setSingleShot(true);
    m_later.setInterval(kReloadMs);
    connect(&m_later, &QTimer::timeout, this, &CorpusModel::reload);
    connect(&session, &Session::projectOpened, this, [this] {
        m_choice = CorpusChoice::fromJson(m_session.uiState(QStringLiteral("corpus")));
        m_stale = true;
        reload();
    });
    connect(&session, &Session::projectClosed, this, &CorpusModel::closeProject);
    connect(&session, &Session::scoreSetChanged, this, [this] {
        m_stale = true;
        reload();
    });
    connect(&session, &Session::dataChanged, this, [this] {
        m_stale = true;
        if (!m_later.isActive())
            m_later.start();
    });
}

CorpusModel::~CorpusModel() {
    m_cancel.cancel();
}

void CorpusModel::closeProject() {
    ++m_token;
    m_cancel.cancel();
    m_later.stop();
    m_thread.close();
    m_opened = m_counting = m_cancelled = false;
    m_stale = true;
    m_summary = {};
    m_agreement = {};
    m_filter.clear();
    m_inUse.clear();
    m_fault.clear();
    Q_EMIT countingChanged();
    Q_EMIT changed();
}

void CorpusModel::setChoice(const CorpusChoice& choice) {
    if (choice == m_choice)
        return;
    m_choice = choice;
    m_session.setUiState(QStringLiteral("corpus"), choice.toJson());
    m_stale = true;
    reload();
}

void CorpusModel::setFilter(const QString& expression) {
    if (expression == m_filter)
        return;
    m_filter = expression;
    if (!m_choice.followFilter)
        return;
    m_stale = true;
    reload();
}

void CorpusModel::setShown(bool shown) {
    m_shown = shown;
    if (shown && m_stale)
        reload();
}

void CorpusModel::cancel() {
    if (!m_counting)
        return;
    m_cancel.cancel();
    ++m_token;
    m_counting = false;
    m_cancelled = true;
    Q_EMIT countingChanged();
    Q_EMIT changed();
}

void CorpusModel::reload() {
    if (!m_session.isOpen() || !m_shown)
        return;
    m_later.stop();
    m_cancel.cancel(); // of what is counted now: newer wishes replace it
    m_cancel = {};
    m_stale = m_cancelled = false;
    const quint64 token = ++m_token;
    m_inUse = joined({m_choice.followFilter ? m_filter : QString(),
                      equals("dataset", m_choice.dataset), equals("model", m_choice.model)});
    store::CorpusQuery query;
    query.filter = m_inUse.toStdString();
    query.scoreSet = m_session.scoreSet();
    query.tokens = m_choice.tokens;
    query.method = m_choice.method.toStdString();
    query.most = 500;
    if (!std::exchange(m_opened, true))
        m_thread.open(Path(m_session.projectFile().toStdString()), store::OpenMode::ReadOnly,
                      [](const Result<const store::Project*>&) {}); // a fault shows in the task
    m_thread.post(
        [this, token, query, choice = m_choice, cancel = m_cancel](const store::Project* project) {
            auto counted = project ? count(*project, query, choice, cancel)
                                   : Result<Counted>(fail(ErrorCode::Cancelled, "no project"));
            QMetaObject::invokeMethod(
                this, [this, token, counted = std::move(counted)] { take(token, counted); },
                Qt::QueuedConnection);
        });
    m_counting = true;
    Q_EMIT countingChanged();
}

Result<CorpusModel::Counted> CorpusModel::count(const store::Project& project,
                                                const store::CorpusQuery& query,
                                                const CorpusChoice& choice,
                                                const CancelToken& cancel) {
    const double begin = steadyMs();
    Counted counted;
    if (cancel.cancelled())
        return fail(ErrorCode::Cancelled, "counting was cancelled");
    CRUX_TRY(datasets, values(project, "dataset", query.scoreSet));
    CRUX_TRY(models, values(project, "model", query.scoreSet));
    CRUX_TRY(methods, values(project, "crit.method", query.scoreSet));
    counted.datasets = std::move(datasets);
    counted.models = std::move(models);
    counted.methods = std::move(methods);
    CRUX_TRY(summary, store::corpusSummary(project, query, cancel));
    counted.summary = std::move(summary);
    store::AgreementQuery agreement;
    agreement.filter = query.filter;
    agreement.scoreSet = query.scoreSet;
    agreement.truth = choice.truth;
    agreement.window = kWindow;
    if (!query.method.empty())
        agreement.method = query.method;
    CRUX_TRY(report, store::agreementReport(project, agreement, cancel));
    counted.agreement = std::move(report);
    counted.milliseconds = steadyMs() - begin;
    return counted;
}

void CorpusModel::take(quint64 token, Result<Counted> counted) {
    if (token != m_token)
        return;
    m_counting = false;
    m_fault.clear();
    if (counted) {
        m_summary = std::move(counted->summary);
        m_agreement = std::move(counted->agreement);
        m_datasets = counted->datasets;
        m_models = counted->models;
        m_methods = counted->methods;
        m_milliseconds = counted->milliseconds;
    } else if (counted.error().code != ErrorCode::Cancelled) {
        m_fault = QString::fromStdString(counted.error().message);
        m_summary = {};
        m_agreement = {};
    }
    Q_EMIT countingChanged();
    Q_EMIT changed();
}

} // namespace crux::ui
