// Its pictures of texts that no model of the project wrote: real solutions, published layers, an
// answer that no rule can read.
#include "app/crux/screenshots.h"
#include "ui/main_window.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/model/view_settings.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/trajectories_dock.h"

#include <QDir>
#include <QFile>

#include <algorithm>

namespace crux::ui {

namespace {
constexpr int kReadMs = 20'000;
}

/// The first trajectory that matches, opened; false where there is none.
bool ScreenshotWalk::openFirst(const QString& filter) {
    Session& session = m_window.session();
    TrajectoryTableModel& table = m_window.trajectories().model();
    m_window.trajectories().filter().setExpression(filter);
    waitFor([&] { return !table.loading(); }, kReadMs);
    if (table.rowCount() == 0)
        return false;
    const TrajectoryId id = table.idAt(0);
    session.openTrajectory(id);
    return waitFor([&] { return session.current() && session.current()->record.id == id; },
                   kReadMs);
}

/// The demo's page of GSM8K solutions and its layer of published potentials; other projects: the
/// data sets of these kinds that they have.
void ScreenshotWalk::walkRealText() {
    Session& session = m_window.session();
    const auto kindOf = [&](const char* kind) -> QString {
        for (const store::DatasetRecord& one : session.facts().datasets)
            if (one.kind == kind)
                return QStringLiteral("dataset=\"%1\"").arg(QString::fromStdString(one.name));
        return {};
    };
    m_window.resetLayout();
    if (const QString page = kindOf("gsm8k-solutions");
        !page.isEmpty() && openFirst(page + QStringLiteral(" and verdict=wrong")))
        shoot(QStringLiteral("real-text"));
    const QString published = kindOf("cliff");
    if (!published.isEmpty() && openFirst(published) && !session.current()->layers.empty()) {
        ViewSettings& view = session.view();
        const Layer before = view.layer;
        view.layer = Layer::Imported;
        view.importedLayer = QString::fromStdString(session.current()->layers.front().first.name);
        view.notify();
        shoot(QStringLiteral("published-layer"));
        view.layer = before;
        view.notify();
    }
    openFirst(QStringLiteral("branches>0")); // what the pictures of branches begin with
}

/// Rows as a user may bring them: one is cut in the middle, one answer is ambiguous.
QString ScreenshotWalk::exampleFile() {
    const QString name = QDir(m_temporary.path()).filePath(QStringLiteral("solutions.jsonl"));
    QFile file(name);
    if (!file.exists() && file.open(QIODevice::WriteOnly)) {
        const char* const question =
            R"({"question": "A pen costs 2 coins and a book 5. Ann buys one of each. How many coins )"
            R"(does she pay?", "answer": "7", "response": )";
        for (const char* response :
             {R"("A pen and a book cost 2 + 5 = 7 coins.\n#### 7"})",
              R"("Two books cost 2 * 5 = 10 coins.\n#### 10"})",
              R"("She pays for one of each. That is 5 or 7 coins."})", R"("The line ends he)"})
            file.write(QByteArray(question) + response + '\n');
    }
    return name;
}

/// A verdict that hangs on which of several answers counts.
void ScreenshotWalk::walkAmbiguous() {
    Session& session = m_window.session();
    session.createProject(
        QDir(m_temporary.path()).filePath(QStringLiteral("ambiguous-%1.crux").arg(m_theme)));
    waitFor([&] { return session.isOpen(); }, kReadMs);
    session.enqueueJob(QStringLiteral("import"),
                       Json{{"inputs", Json::array({exampleFile().toStdString()})},
                            {"kind", "auto"},
                            {"bad_lines", "keep"}},
                       QStringLiteral("solutions"));
    const auto imported = [&] {
        const auto& jobs = session.facts().jobs;
        return session.facts().trajectories > 0 && !jobs.empty() &&
               jobs.front().state == store::JobState::Done;
    };
    if (!waitFor(imported, kReadMs) || !openFirst(QStringLiteral("text~\"5 or 7\"")))
        fail(QStringLiteral("an ambiguous answer"));
    else
        shoot(QStringLiteral("ambiguous"));
    m_window.trajectories().filter().reset();
    session.closeProject();
}

} // namespace crux::ui
