// Every dialog of the window with the name its screenshot gets: for `--screenshots` and the tests
// that open all of them.
#pragma once

#include <QString>

#include <functional>
#include <vector>

class QDialog;
class QWidget;

namespace crux::ui {

class ActionRegistry;
class SearchService;
class Session;

struct DialogEntry {
    QString name; ///< file name part, e.g. "score"
    std::function<QDialog*(QWidget* parent)> make;
};

/// `actions`: those of the main window, for the key sheet and settings. Dialogs that need a model
/// to talk of are left out while the project has none. The caller owns what `make` returns.
std::vector<DialogEntry> allDialogs(Session& session, ActionRegistry& actions,
                                    SearchService& search);

} // namespace crux::ui
