#include "ui/model/run_board.h"

#include "core/store/records.h"
#include "ui/model/session.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace crux::ui {

namespace {

constexpr const char* kKey = "runs";
constexpr std::size_t kFirstShown = 3; ///< of a project that was never looked at

bool isRun(const store::JobRecord& job) {
    return job.kind == "train";
}

std::string word(const Json& spec, const char* key) {
    const auto found = spec.is_object() ? spec.find(key) : spec.end();
    return spec.is_object() && found != spec.end() && found->is_string() ? found->get<std::string>()
                                                                         : std::string();
}

} // namespace

RunBoard::RunBoard(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session) {
    connect(&session, &Session::projectOpened, this, &RunBoard::opened);
    connect(&session, &Session::projectClosed, this, &RunBoard::opened);
    connect(&session, &Session::jobsChanged, this, &RunBoard::takeRuns);
    connect(&session, &Session::factsChanged, this, &RunBoard::takeRuns);
    if (session.isOpen())
        opened();
}

std::vector<const store::JobRecord*> RunBoard::runs() const {
    std::vector<const store::JobRecord*> list;
    for (const store::JobRecord& job : m_session.facts().jobs)
        if (isRun(job))
            list.push_back(&job);
    std::sort(list.begin(), list.end(),
              [](const auto* a, const auto* b) { return a->id.value > b->id.value; });
    return list;
}

const store::JobRecord* RunBoard::run(JobId id) const {
    for (const store::JobRecord& job : m_session.facts().jobs)
        if (job.id == id && isRun(job))
            return &job;
    return nullptr;
}

QString RunBoard::nameOf(const store::JobRecord& run) {
    const std::string name = word(run.spec, "name");
    if (!name.empty())
        return QString::fromStdString(name);
    const QString job = QString::fromStdString(run.name);
    return job.isEmpty() || job == QLatin1String("train")
               ? QStringLiteral("%1 %2").arg(methodOf(run)).arg(run.id.value)
               : job;
}

QString RunBoard::methodOf(const store::JobRecord& run) {
    const QString method = QString::fromStdString(word(run.spec, "method"));
    if (method == QLatin1String("cdpo"))
        return QStringLiteral("cDPO");
    if (method == QLatin1String("simpo"))
        return QStringLiteral("SimPO");
    if (method != QLatin1String("sft"))
        return method.isEmpty() ? tr("training") : method.toUpper();
    const std::string role = word(run.spec, "role");
    return role == "positive"   ? QStringLiteral("SFT +")
           : role == "negative" ? QStringLiteral("SFT \u2212")
                                : QStringLiteral("SFT");
}

bool RunBoard::isShown(JobId id) const {
    return std::find(m_shown.begin(), m_shown.end(), id) != m_shown.end();
}

void RunBoard::setShown(JobId id, bool shown) {
    if (isShown(id) == shown)
        return;
    if (shown) {
        giveSlot(id);
        m_shown.push_back(id);
    } else {
        std::erase(m_shown, id);
    }
    if (!m_selected || !isShown(m_selected)) {
        m_selected = m_shown.empty() ? JobId{} : m_shown.front();
        Q_EMIT selectedChanged();
    }
    store();
    Q_EMIT shownChanged();
}

void RunBoard::showOnly(const std::vector<JobId>& ids) {
    if (ids == m_shown)
        return;
    m_shown = ids;
    for (const JobId id : ids)
        giveSlot(id);
    if (!isShown(m_selected)) {
        m_selected = m_shown.empty() ? JobId{} : m_shown.front();
        Q_EMIT selectedChanged();
    }
    store();
    Q_EMIT shownChanged();
}

int RunBoard::slot(JobId id) const {
    return m_slots.value(id.value, 0);
}

void RunBoard::setSlot(JobId id, int slot) {
    const int kept = ((slot % kSlots) + kSlots) % kSlots;
    if (m_slots.value(id.value, -1) == kept)
        return;
    m_slots.insert(id.value, kept);
    store();
    Q_EMIT slotsChanged();
}

/// The first slot that no run has; when all are taken, the one that fewest have.
void RunBoard::giveSlot(JobId id) {
    if (m_slots.contains(id.value))
        return;
    std::array<int, kSlots> uses{};
    for (const int slot : std::as_const(m_slots))
        ++uses[static_cast<std::size_t>(slot)];
    m_slots.insert(id.value,
                   static_cast<int>(std::min_element(uses.begin(), uses.end()) - uses.begin()));
}

void RunBoard::select(JobId id) {
    if (!run(id))
        return;
    setShown(id, true);
    if (m_selected == id)
        return;
    m_selected = id;
    store();
    Q_EMIT selectedChanged();
}

void RunBoard::setAxis(RunAxis axis) {
    if (axis == m_axis)
        return;
    m_axis = axis;
    store();
    Q_EMIT axisChanged();
    Q_EMIT viewChanged();
}

void RunBoard::setHalfLife(double steps) {
    if (steps == m_halfLife)
        return;
    m_halfLife = std::clamp(steps, 0.0, 1e6);
    store();
    Q_EMIT viewChanged();
}

void RunBoard::setLogY(bool on) {
    if (on == m_logY)
        return;
    m_logY = on;
    store();
    Q_EMIT viewChanged();
}

void RunBoard::inspect(JobId run, std::int64_t step) {
    m_inspectedRun = run;
    m_inspectedStep = step;
    Q_EMIT inspected();
}

void RunBoard::store() {
    if (!m_session.isOpen())
        return;
    Json shown = Json::array(), slotList = Json::array();
    for (const JobId id : m_shown)
        shown.push_back(id.value);
    for (auto slot = m_slots.cbegin(); slot != m_slots.cend(); ++slot)
        slotList.push_back({slot.key(), slot.value()});
    m_session.setUiState(QLatin1String(kKey),
                         QString::fromStdString(dumpJson({{"shown", shown},
                                                          {"slots", slotList},
                                                          {"newest", m_newest},
                                                          {"selected", m_selected.value},
                                                          {"axis", static_cast<int>(m_axis)},
                                                          {"half_life", m_halfLife},
                                                          {"log_y", m_logY}})));
}

void RunBoard::opened() {
    m_shown.clear();
    m_slots.clear();
    m_selected = m_inspectedRun = JobId{};
    m_inspectedStep = -1;
    m_newest = 0;
    m_axis = RunAxis::Step;
    m_halfLife = 20;
    m_logY = false;
    const auto kept = parseJson(m_session.uiState(QLatin1String(kKey)).toStdString());
    const auto number = [&](const char* key, double otherwise) {
        const auto found = kept->find(key);
        return found != kept->end() && found->is_number() ? found->get<double>() : otherwise;
    };
    if (m_session.isOpen() && kept.ok() && kept->is_object()) {
        for (const Json& id : kept->value("shown", Json::array()))
            if (id.is_number_integer() && run(JobId{id.get<std::int64_t>()}))
                m_shown.push_back(JobId{id.get<std::int64_t>()});
        for (const Json& pair : kept->value("slots", Json::array()))
            if (pair.is_array() && pair.size() == 2 && pair[0].is_number_integer() &&
                pair[1].is_number_integer())
                m_slots.insert(pair[0].get<qint64>(),
                               std::clamp(pair[1].get<int>(), 0, kSlots - 1));
        m_newest = static_cast<qint64>(number("newest", 0));
        m_selected = JobId{static_cast<std::int64_t>(number("selected", 0))};
        m_axis = static_cast<RunAxis>(std::clamp(static_cast<int>(number("axis", 0)), 0, 3));
        m_halfLife = std::clamp(number("half_life", 20), 0.0, 1e6);
        m_logY = kept->value("log_y", Json(false)) == Json(true);
    }
    for (const JobId id : m_shown)
        giveSlot(id);
    if (m_newest == 0)
        for (const store::JobRecord* one : runs())
            if (m_shown.size() < kFirstShown) {
                m_shown.push_back(one->id);
                giveSlot(one->id);
            }
    for (const store::JobRecord* one : runs())
        m_newest = std::max<qint64>(m_newest, one->id.value);
    if (!isShown(m_selected))
        m_selected = m_shown.empty() ? JobId{} : m_shown.front();
    Q_EMIT axisChanged();
    Q_EMIT viewChanged();
    Q_EMIT shownChanged();
    Q_EMIT selectedChanged();
    Q_EMIT inspected();
}

void RunBoard::takeRuns() {
    if (!m_session.isOpen())
        return;
    qint64 newest = m_newest;
    std::vector<JobId> shown;
    for (const JobId id : m_shown)
        if (run(id)) // its job may have been removed
            shown.push_back(id);
    for (const store::JobRecord* one : runs())
        if (one->id.value > m_newest && one->progressTotal > 0) {
            shown.push_back(one->id);
            newest = std::max<qint64>(newest, one->id.value);
        }
    m_newest = newest;
    showOnly(shown);
}

} // namespace crux::ui
