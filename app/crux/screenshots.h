// `crux --screenshots DIR`: walks every perspective, dock and dialog with the project's real
// content, writes one PNG each in both themes, and exits.
#pragma once

#include <QObject>
#include <QSize>
#include <QString>
#include <QTemporaryDir>

#include <functional>
#include <vector>

class QApplication;

namespace crux::ui {

class MainWindow;

/// Owner: main. GUI thread. Waits for signals with a limit a step, never by sleeping; a step whose
/// content does not come is reported on stderr and makes the exit status 1.
class ScreenshotWalk : public QObject {
    Q_OBJECT
public:
    ScreenshotWalk(QApplication& app, MainWindow& window, const QString& folder);
    void setSize(QSize size) { m_size = size; } ///< of the window
    int run(const QString& project, bool demo);

private:
    bool waitFor(const std::function<bool()>& done, int limitMs);
    void settle();
    void shoot(const QString& name);
    void shootWidget(QWidget* widget, const QString& name);
    QString waitForProject();
    void walkStart();
    void walkExplore();
    void walkRollouts();
    void walkBranch();
    void walkDiff();
    void walkBan();
    int otherNotForced() const;
    void shootExport(const QString& name);
    void walkDialogs();
    void walkTrain();
    void walkCorpus();
    void walkBranchViews();
    void walkRealText();
    void walkAmbiguous();
    bool openFirst(const QString& filter);
    QString exampleFile();
    void walkPalette();
    void walkEmptyAndError();
    void fail(const QString& what);

    QApplication& m_app;
    MainWindow& m_window;
    QString m_folder, m_theme;
    QSize m_size{1600, 1000};
    QTemporaryDir m_temporary; ///< files that dialogs are shown with
    int m_failures = 0, m_written = 0;
};

} // namespace crux::ui
