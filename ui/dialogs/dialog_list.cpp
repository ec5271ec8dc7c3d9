#include "ui/dialogs/dialog_list.h"

#include "ui/dialogs/about_dialog.h"
#include "ui/dialogs/close_dialog.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/import_dialog.h"
#include "ui/dialogs/locate_model_dialog.h"
#include "ui/dialogs/models_dialog.h"
#include "ui/dialogs/new_project_dialog.h"
#include "ui/dialogs/sample_dialog.h"
#include "ui/dialogs/score_dialog.h"
#include "ui/dialogs/search_dialog.h"
#include "ui/dialogs/select_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/shortcuts_sheet.h"
#include "ui/dialogs/study_dialog.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/dialogs/values_dialog.h"
#include "ui/model/session.h"
#include "ui/model/view_settings.h"

namespace crux::ui {

std::vector<DialogEntry> allDialogs(Session& session, ActionRegistry& actions,
                                    SearchService& search) {
    std::vector<DialogEntry> list{
        {QStringLiteral("new-project"),
         [](QWidget* parent) { return new NewProjectDialog(parent); }},
        {QStringLiteral("import"),
         [&session](QWidget* parent) { return new ImportDialog(session, parent); }},
        {QStringLiteral("sample"),
         [&session](QWidget* parent) { return new SampleDialog(session, parent); }},
        {QStringLiteral("select"),
         [&session](QWidget* parent) { return new SelectDialog(session, parent); }},
        {QStringLiteral("score"),
         [&session](QWidget* parent) { return new ScoreDialog(session, parent); }},
        {QStringLiteral("search"),
         [&session, &search](QWidget* parent) {
             return new SearchDialog(session, search, parent);
         }},
        {QStringLiteral("train"),
         [&session](QWidget* parent) { return new TrainDialog(session, parent); }},
        {QStringLiteral("train-pipeline"),
         [&session](QWidget* parent) {
             auto* dialog = new TrainDialog(session, parent);
             dialog->chooseMethod(QStringLiteral("cdpo"));
             dialog->chooseFrom(QString());
             return dialog;
         }},
        {QStringLiteral("models"),
         [&session](QWidget* parent) { return new ModelsDialog(session, parent); }},
        {QStringLiteral("export"),
         [&session](QWidget* parent) { return new ExportDialog(session, {}, parent); }},
        {QStringLiteral("settings"),
         [&session, &actions](QWidget* parent) {
             return new SettingsDialog(session, actions, parent);
         }},
        {QStringLiteral("keys"),
         [&actions](QWidget* parent) { return new ShortcutsSheet(actions, parent); }},
        {QStringLiteral("close"),
         [](QWidget* parent) {
             return new CloseDialog(CloseDialog::tr("Score the word problems"), 2, parent);
         }},
        {QStringLiteral("study"), [](QWidget* parent) { return new StudyDialog(parent); }},
        {QStringLiteral("about"), [](QWidget* parent) { return new AboutDialog(parent); }},
    };
    if (session.current())
        list.push_back({QStringLiteral("values"), [&session](QWidget* parent) {
                            return new ValuesDialog(
                                session,
                                std::make_shared<const HeatData>(session.current(),
                                                                 HeatOptions::from(session.view())),
                                parent);
                        }});
    if (!session.facts().models.empty())
        list.push_back({QStringLiteral("locate-model"), [&session](QWidget* parent) {
                            return new LocateModelDialog(session, session.facts().models.front(),
                                                         parent);
                        }});
    return list;
}

} // namespace crux::ui
