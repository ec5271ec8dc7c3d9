// The start page's system check: what this machine offers Crux, a line each.
#pragma once

#include "ui/widgets/marks.h"

#include <QFrame>
#include <QString>

#include <vector>

class QGridLayout;
class QProcess;
class QPushButton;

namespace crux::ui {

struct SystemFact {
    QString key;  ///< stable: "processor", "memory", ...
    QString name; ///< translated
    QString text;
    Severity severity = Severity::Passed;
};

/// Facts read from /proc and the file system; quick, but run off the GUI thread (a dead network
/// folder). `folder`: where projects go, for the free disk space.
std::vector<SystemFact> localSystemFacts(const QString& folder);
/// Adds what `crux-cli doctor --json` said: LibTorch and devices. Broken output gives a warning
/// line.
std::vector<SystemFact> doctorFacts(const QByteArray& json);

/// The framed list with "Check again" and "Copy report". Owner: StartPage. GUI thread. A missing or
/// failing crux-cli becomes a line of the list.
class SystemCheck : public QWidget {
    Q_OBJECT
public:
    explicit SystemCheck(QWidget* parent = nullptr);
    ~SystemCheck() override;

    void setProgram(const QString& program); ///< default: crux-cli beside this program
    void check();
    QString report() const; ///< plain text, one line a fact
    const std::vector<SystemFact>& facts() const { return m_facts; }
    bool complete() const; ///< everything asked has answered

Q_SIGNALS:
    void finished();

private:
    void show(std::vector<SystemFact> facts);
    void startDoctor();
    void replace(std::vector<SystemFact> facts);
    void rebuild();

    QFrame* m_frame;
    QGridLayout* m_grid;
    QPushButton* m_again;
    QPushButton* m_copy;
    QProcess* m_process = nullptr;
    QString m_program;
    std::vector<SystemFact> m_facts;
};

} // namespace crux::ui
