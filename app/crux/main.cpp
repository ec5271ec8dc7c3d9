// crux: the window. Options as DESIGN.md 6 has them; see --help.
#include "app/crux/screenshots.h"
#include "core/base/version.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/main_window.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/translations.h"

#include <CLI/CLI.hpp>

#include <QApplication>
#include <QElapsedTimer>
#include <QScreen>
#include <QSettings>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <utility>

namespace {

constexpr int kFrameWidth = 8, kTitleHeight = 40; ///< about what a window manager adds

struct Options {
    std::string file, language, theme, screenshots;
    std::pair<int, int> size{1600, 1000};
    bool demo = false;
};

/// Exit status, or -1 to go on.
int parse(int argc, char** argv, Options& options) {
    CLI::App app{"Crux: a research workbench for critical tokens.", "crux"};
    app.add_option("FILE", options.file, "Project to open (NAME.crux)");
    app.add_flag("--demo", options.demo, "Open the demo project; it is built at the first call");
    app.add_option("--lang", options.language, "Language of the window, e.g. en or de");
    app.add_option("--theme", options.theme, "light or dark")
        ->check(CLI::IsMember({"light", "dark"}));
    app.add_option("--screenshots", options.screenshots,
                   "Write pictures of every view to this folder, in both themes, and exit");
    app.add_option("--size", options.size, "Width and height of the window in them, in px")
        ->needs("--screenshots")
        ->capture_default_str();
    app.set_version_flag("--version", std::string("crux ") + crux::kVersion);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& complaint) {
        app.exit(complaint, std::cout, std::cerr);
        return complaint.get_exit_code() == 0 ? 0 : 2;
    }
    return -1;
}

crux::ui::ThemeName themeOf(const Options& options) {
    const QString chosen =
        options.theme.empty()
            ? QSettings().value(QLatin1String(crux::ui::settings::kTheme)).toString()
            : QString::fromStdString(options.theme);
    return chosen == QLatin1String("dark") ? crux::ui::ThemeName::Dark : crux::ui::ThemeName::Light;
}

/// A language that is not there is said on the terminal and, for who started from a menu, in the
/// window.
void tellOfLanguage(const std::string& asked, crux::ui::Session& session) {
    const QString code = QString::fromStdString(asked);
    if (code.isEmpty() || !crux::ui::languageFor(code).isEmpty())
        return;
    const QString sentence =
        QStringLiteral("There is no language \"%1\" (there are %2); the window is in English.")
            .arg(code, crux::ui::languages().join(QStringLiteral(", ")));
    std::fprintf(stderr, "crux: %s\n", qPrintable(sentence));
    crux::ui::Notice notice;
    notice.severity = crux::ui::Notice::Severity::Warning;
    notice.title = sentence;
    session.post(std::move(notice));
}

/// The design's size where the screen has room for it.
void fitToScreen(QWidget& window) {
    if (const QScreen* screen = window.screen())
        window.resize(window.size().boundedTo(screen->availableGeometry().size() -
                                              QSize(kFrameWidth, kTitleHeight)));
}

QtMessageHandler otherMessages = nullptr;

/// Without a display Qt says of every window what it cannot do with it: nobody can act on that.
void keepMessage(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (!text.startsWith(QLatin1String("This plugin does not support ")))
        otherMessages(type, context, text);
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN); // a limit of file sizes is told as a full disk is
    QElapsedTimer sinceStart;
    sinceStart.start();
    Options options;
    if (const int status = parse(argc, argv, options); status >= 0)
        return status;

    // Names first: settings and data folders follow from them.
    QCoreApplication::setOrganizationName(QStringLiteral("crux"));
    QCoreApplication::setApplicationName(QStringLiteral("crux"));
    QCoreApplication::setApplicationVersion(QString::fromUtf8(std::string(crux::kVersion).c_str()));
    crux::ui::settings::applyWindowScale();
    otherMessages = qInstallMessageHandler(keepMessage);
    QApplication app(argc, argv);
    crux::ui::initResources();
    crux::ui::installTranslations(app, QString::fromStdString(options.language));
    crux::ui::applyTheme(app, themeOf(options));

    crux::ui::MainWindow window;
    if (qEnvironmentVariableIsSet("CRUX_TIME_FIRST_PAINT"))
        QObject::connect(&window, &crux::ui::MainWindow::firstPainted, &window, [&sinceStart] {
            std::fprintf(stderr, "first paint %lld ms\n",
                         static_cast<long long>(sinceStart.elapsed()));
        });
    if (options.screenshots.empty()) // pictures have one size, whatever the screen
        fitToScreen(window);
    window.show();
    tellOfLanguage(options.language, window.session());
    const QString file = QString::fromStdString(options.file);
    if (!options.screenshots.empty()) {
        crux::ui::ScreenshotWalk walk(app, window, QString::fromStdString(options.screenshots));
        walk.setSize({options.size.first, options.size.second});
        const int status = walk.run(file, options.demo);
        window.close();
        return status;
    }
    if (options.demo)
        window.openDemo();
    else if (!file.isEmpty())
        window.session().openProject(file);
    return QApplication::exec();
}
