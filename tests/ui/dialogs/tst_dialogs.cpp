// Every dialog opened; what each refuses, and why, without a project.
#include "core/spec/params.h"
#include "support/test_paths.h"
#include "tests/ui/model/project_fixture.h"
#include "ui/dialogs/close_dialog.h"
#include "ui/dialogs/context_check.h"
#include "ui/dialogs/dialog_list.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/import_dialog.h"
#include "ui/dialogs/key_settings.h"
#include "ui/dialogs/new_project_dialog.h"
#include "ui/dialogs/sample_dialog.h"
#include "ui/dialogs/score_dialog.h"
#include "ui/dialogs/search_dialog.h"
#include "ui/dialogs/select_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/dialogs/study_dialog.h"
#include "ui/model/action_registry.h"
#include "ui/model/model_folder.h"
#include "ui/model/search_service.h"
#include "ui/model/session.h"
#include "ui/model/view_settings.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QTextTable>
#include <QtTest/QtTest>

using namespace crux;
using namespace crux::ui;

class TestDialogs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
        QCoreApplication::setApplicationName(QStringLiteral("dialogs"));
    }

    void everyDialogOpens() {
        Session session;
        ActionRegistry registry;
        SearchService search(session);
        for (const DialogEntry& entry : allDialogs(session, registry, search)) {
            const std::unique_ptr<QDialog> dialog(entry.make(nullptr));
            dialog->show();
            QVERIFY2(QTest::qWaitForWindowExposed(dialog.get()), qPrintable(entry.name));
            QVERIFY2(!dialog->windowTitle().isEmpty(), qPrintable(entry.name));
            QVERIFY2(!dialog->grab().isNull(), qPrintable(entry.name));
        }
    }

    // 64 fresh rollouts can never confirm a share below 5 %; the sheet says so as it is filled.
    void theSearchSheetKnowsHowManyConfirm() {
        Session session;
        SearchService search(session);
        SearchDialog dialog(session, search, nullptr);
        dialog.choosePreset(SearchDialog::Preset::Paper);
        QCOMPARE(dialog.confirmText(), QString());
        QSpinBox* confirm = nullptr;
        for (QSpinBox* field : dialog.findChildren<QSpinBox*>())
            if (field->accessibleName() == QLatin1String("confirm"))
                confirm = field;
        QVERIFY(confirm);
        confirm->setValue(71);
        QVERIFY2(dialog.confirmText().contains(QStringLiteral("72")),
                 qPrintable(dialog.confirmText()));
        confirm->setValue(72);
        QCOMPARE(dialog.confirmText(), QString());
        confirm->setValue(0); // none is a choice
        QCOMPARE(dialog.confirmText(), QString());
    }

    // A disabled main button always says why, in text.
    void disabledButtonsHaveReasons() {
        Session session;
        ActionRegistry registry;
        SearchService search(session);
        for (const DialogEntry& entry : allDialogs(session, registry, search)) {
            const std::unique_ptr<QDialog> dialog(entry.make(nullptr));
            const auto* form = qobject_cast<FormDialog*>(dialog.get());
            QVERIFY(form);
            QVERIFY2(form->primaryButton()->isEnabled() == form->reason().isEmpty(),
                     qPrintable(entry.name));
        }
    }

    // Tables, not their Markdown, in the colours of the theme that is on.
    void theDemosStudyIsAPage() {
        StudyDialog dialog;
        dialog.show();
        const auto tables = [&dialog] {
            QList<QTextTable*> found;
            for (QTextFrame* frame : dialog.page().document()->rootFrame()->childFrames())
                if (auto* table = qobject_cast<QTextTable*>(frame))
                    found.append(table);
            return found;
        };
        QVERIFY(tables().size() >= 2);
        QVERIFY(tables().at(0)->rows() >= 8); // the base and six methods under their heading
        const QString text = dialog.page().toPlainText();
        QVERIFY(text.contains(QStringLiteral("cDPO")) && text.contains(QStringLiteral("AUROC")));
        QVERIFY(!text.contains(QStringLiteral("|---")) && !text.contains(QStringLiteral("# The")));
        for (const ThemeName name : {ThemeName::Dark, ThemeName::Light}) {
            applyTheme(*qApp, name);
            QCOMPARE(tables().at(0)->format().borderBrush().color(), Theme::of(name).line);
        }
    }

    void newProjectFaultsStandAtTheirFields() {
        NewProjectDialog dialog;
        dialog.setFolder(m_folder.path());
        QVERIFY(!dialog.primaryButton()->isEnabled());
        dialog.setName(QStringLiteral("one"));
        QVERIFY2(dialog.primaryButton()->isEnabled(), qPrintable(dialog.reason()));
        QCOMPARE(dialog.projectFile(), m_folder.filePath(QStringLiteral("one.crux")));
        dialog.setName(QStringLiteral("a/b"));
        QVERIFY(!dialog.primaryButton()->isEnabled());
        QFile taken(m_folder.filePath(QStringLiteral("taken.crux")));
        QVERIFY(taken.open(QIODevice::WriteOnly));
        dialog.setName(QStringLiteral("taken"));
        QVERIFY(!dialog.primaryButton()->isEnabled());
        dialog.setName(QStringLiteral("one.crux")); // not doubled
        QCOMPARE(dialog.projectFile(), m_folder.filePath(QStringLiteral("one.crux")));
        dialog.setFolder(m_folder.filePath(QStringLiteral("nowhere")));
        QVERIFY(!dialog.primaryButton()->isEnabled());
    }

    void importShowsRowsAndRejects() {
        const QString file = m_folder.filePath(QStringLiteral("rows.jsonl"));
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write("{\"question\":\"How many?\",\"response\":\"3 #### 3\",\"answer\":\"3\"}\n"
                  "this is no json\n"
                  "{\"question\":\"And now?\",\"response\":\"4 #### 4\",\"answer\":\"5\"}\n");
        out.close();
        Session session;
        ImportDialog dialog(session);
        QSignalSpy previewed(&dialog, &ImportDialog::previewed);
        dialog.setFiles({file});
        QVERIFY(previewed.wait(10000));
        QVERIFY2(dialog.preview().has_value(), qPrintable(dialog.reason()));
        QCOMPARE(dialog.preview()->rejectedCount, std::int64_t{1});
        QCOMPARE(dialog.preview()->rejected.front().line, std::int64_t{2});
        const auto* table = dialog.findChild<QTableWidget*>();
        QVERIFY(table && table->rowCount() == 2);
        QVERIFY2(dialog.primaryButton()->isEnabled(), qPrintable(dialog.reason()));
        const Json spec = dialog.spec();
        QCOMPARE(spec["inputs"].size(), std::size_t{1});
        QCOMPARE(spec["bad_lines"].get<std::string>(), std::string("keep"));
    }

    void importNamesAMissingFile() {
        Session session;
        ImportDialog dialog(session);
        dialog.setFiles({m_folder.filePath(QStringLiteral("absent.jsonl"))});
        QTRY_VERIFY(!dialog.primaryButton()->isEnabled() &&
                    dialog.reason().contains(QStringLiteral("cannot be imported")));
    }

    void scoreNeedsTwoSides() {
        Session session;
        ScoreDialog dialog(session);
        QVERIFY(!dialog.primaryButton()->isEnabled());
        dialog.positive().setText(m_folder.filePath(QStringLiteral("no-model")));
        QTRY_VERIFY(!dialog.positive().looking());
        QVERIFY(dialog.positive().fault().contains(QStringLiteral("no-model")));
        QCOMPARE(dialog.spec()["beta"].get<double>(), 1.0);
        QCOMPARE(dialog.spec()["top_k"].get<int>(), 20);
    }

    void samplePresetsAndDifferences() {
        Session session;
        SampleDialog closed(session);
        QVERIFY(!closed.primaryButton()->isEnabled());
        test::FilledProject project;
        QVERIFY(project.fill());
        QVERIFY(test::openAndWait(session, project.file));
        SampleDialog dialog(session);
        QTRY_VERIFY(!dialog.checks().lines().empty());
        const Json paper = dialog.spec();
        QCOMPARE(paper["n"].get<int>(), 64);
        QCOMPARE(paper["top_p"].get<double>(), 0.95);
        QCOMPARE(paper["model"].get<std::string>(), std::string("tiny"));
        QVERIFY(completeSpec("sample", paper).ok());
        QVERIFY2(dialog.primaryButton()->isEnabled(), qPrintable(dialog.reason()));
        dialog.setValue("n", 8);
        dialog.setValue("stop", Json{"\n", "a\tb"});
        QVERIFY(dialog.differences().contains(QStringLiteral("64 → 8")));
        QCOMPARE(dialog.spec()["stop"], Json({"\n", "a\tb"}));
        dialog.choosePreset(QStringLiteral("small CPU"));
        QCOMPARE(dialog.spec()["n"].get<int>(), 16);
        QVERIFY(!dialog.differences().contains(QStringLiteral("→")));
        dialog.setFilter(QStringLiteral("verdict=nonsense"));
        QVERIFY(!dialog.primaryButton()->isEnabled());
        dialog.setFilter(QStringLiteral("verdict=wrong"));
        QTRY_VERIFY(dialog.primaryButton()->isEnabled());
        dialog.setFilter(QStringLiteral("text~\"nowhere\""));
        QTRY_VERIFY(dialog.reason().contains(QStringLiteral("No question")));
    }

    void contextIsComparedWithPromptAndNewTokens() {
        QVERIFY(contextLine(256, 256, 512).severity == Severity::Passed);
        const CheckLine cut = contextLine(300, 256, 512);
        QVERIFY(cut.severity == Severity::Warning);
        QVERIFY(cut.text.contains(QStringLiteral("212")));
        QVERIFY(contextLine(512, 1, 512).severity == Severity::Error);
        QVERIFY(contextLine(512, 1, 0).severity == Severity::Information); // not said by the model
    }

    void selectTellsWhatTheRulesKeep() {
        Session session;
        test::FilledProject project;
        QVERIFY(project.fill());
        QVERIFY(test::openAndWait(session, project.file));
        SelectDialog dialog(session);
        // How many, whose, and a line for each of the three sets.
        QTRY_COMPARE(dialog.checks().lines().size(), std::size_t{5});
        QVERIFY(completeSpec("select", dialog.spec()).ok());
        QVERIFY2(dialog.primaryButton()->isEnabled(), qPrintable(dialog.reason()));
        dialog.setFilter(QStringLiteral("verdict=right"));
        QTRY_VERIFY(dialog.checks().lines().size() == 5 &&
                    dialog.checks().lines()[4].severity == Severity::Warning);
        dialog.setFilter(QStringLiteral("text~\"nowhere\""));
        QTRY_VERIFY(!dialog.primaryButton()->isEnabled());
    }

    // What the window shows is what is written: layer, palette and the chosen colours.
    void exportWritesTheHeatMapAsShown() {
        test::FilledProject project;
        QVERIFY(project.fill());
        Session session;
        QVERIFY(test::openAndWait(session, project.file));
        session.openTrajectory(project.ids[1]);
        QTRY_VERIFY_WITH_TIMEOUT(session.current() != nullptr, 20'000);
        session.view().layer = Layer::PPositive;
        session.view().palette = PaletteName::Cividis;
        const auto exported = [&](const char* kind, const char* colours) {
            auto dialog = std::make_unique<ExportDialog>(session);
            dialog->setKind(QLatin1String(kind));
            dialog->setColours(QLatin1String(colours));
            const QString file = m_folder.filePath(QStringLiteral("shown.") + QLatin1String(kind));
            dialog->setTarget(file);
            QSignalSpy written(dialog.get(), &ExportDialog::written);
            dialog->show();
            dialog->primaryButton()->click();
            if (written.isEmpty() && !written.wait(20'000))
                return QByteArray();
            QFile in(file);
            return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
        };
        for (const char* kind : {"svg", "html"}) {
            const QByteArray shown = exported(kind, "shown");
            QVERIFY2(shown.contains("layer p_pos"), kind);
            QVERIFY2(shown.contains("palette cividis"), kind);
            QVERIFY2(shown.contains("owed"), kind);
            QVERIFY2(exported(kind, "print").contains("palette grey"), kind);
        }
        QVERIFY(exported("png", "dark").startsWith("\x89PNG"));
        QVERIFY(exported("pdf", "light").startsWith("%PDF"));
    }

    // The file is there and lacks something: that is read before the dialog goes.
    void exportTellsWhatWasLeftOut() {
        test::FilledProject project;
        QVERIFY(project.fill());
        {
            auto opened =
                store::Project::open(project.file.toStdString(), store::OpenMode::ReadWrite);
            QVERIFY(opened.ok());
            const auto question = store::trajectory(**opened, project.ids[0])->questionId;
            const auto unscored = store::addTrajectory(
                **opened, test::makeTrajectory(project.dataset, question, " new.", Verdict::Wrong));
            QVERIFY(unscored.ok());
            store::PairSetRecord set;
            set.name = "words";
            set.rule = {{"kind", "preference"}};
            QVERIFY(store::addPairSet(**opened, set,
                                      {{project.ids[0], project.ids[1], {}, {}},
                                       {project.ids[0], *unscored, {}, {}}})
                        .ok());
        }
        Session session;
        QVERIFY(test::openAndWait(session, project.file));
        QTRY_VERIFY(session.scoreSet() == project.scoreSet);
        ExportDialog dialog(session);
        dialog.setKind(QStringLiteral("authors-ce"));
        dialog.setTarget(m_folder.filePath(QStringLiteral("pairs.json")));
        QSignalSpy written(&dialog, &ExportDialog::written), over(&dialog, &QDialog::finished);
        dialog.show();
        QVERIFY2(dialog.primaryButton()->isEnabled(), qPrintable(dialog.reason()));
        dialog.primaryButton()->click();
        QVERIFY(!written.isEmpty() || written.wait(20'000));
        QVERIFY(over.isEmpty());
        const auto* list = dialog.findChild<CheckList*>();
        QCOMPARE(list->lines().size(), std::size_t{2});
        QVERIFY(list->lines()[0].text.contains(QStringLiteral("pairs.json")));
        QVERIFY2(list->lines()[1].text.contains(QStringLiteral("left out: 1 pairs")),
                 qPrintable(list->lines()[1].text));
        dialog.primaryButton()->click(); // "Close"
        QCOMPARE(over.size(), 1);
        QCOMPARE(written.size(), 1);
    }

    void exportRefusesAnotherEnding() {
        test::FilledProject project;
        QVERIFY(project.fill());
        Session session;
        QVERIFY(test::openAndWait(session, project.file));
        session.openTrajectory(project.ids[1]);
        QTRY_VERIFY_WITH_TIMEOUT(session.current() != nullptr, 20'000);
        ExportDialog dialog(session);
        dialog.setKind(QStringLiteral("svg"));
        dialog.setTarget(m_folder.filePath(QStringLiteral("picture.bmp")));
        QVERIFY(!dialog.primaryButton()->isEnabled());
        dialog.setTarget(m_folder.filePath(QStringLiteral("picture.svg")));
        QVERIFY2(dialog.primaryButton()->isEnabled(), qPrintable(dialog.reason()));
    }

    void demoFoldersAreRead() {
        const Path demo(crux::test::demoDir().toStdString());
        const auto model = readModelFolder(demo / "model");
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().message.c_str());
        QVERIFY(!model->isAdapter);
        QVERIFY(model->hasTokenizer);
        QVERIFY(model->parameters > 2'000'000 && model->parameters < 4'000'000);
        QCOMPARE(model->vocabularySize, 1024);
        const auto adapter = readModelFolder(demo / "positive");
        QVERIFY(adapter.ok());
        QVERIFY(adapter->isAdapter);
        QCOMPARE(adapter->rank, 8);
    }

    void pickleAndOtherFoldersAreRefused() {
        const Path root(m_folder.path().toStdString());
        const Path pickle = root / "pickle";
        std::filesystem::create_directory(pickle);
        QVERIFY(
            writeFileAtomically(pickle / "config.json", R"({"architectures":["LlamaForCausalLM"]})")
                .ok());
        QVERIFY(writeFileAtomically(pickle / "pytorch_model.bin", "x").ok());
        const auto refused = readModelFolder(pickle);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, ErrorCode::Unsupported);
        QVERIFY(!readModelFolder(root).ok());
        QVERIFY(!readModelFolder(root / "absent").ok());
        const Path lying = root / "lying";
        std::filesystem::create_directory(lying);
        QVERIFY(writeFileAtomically(lying / "config.json", "{}").ok());
        QVERIFY(
            writeFileAtomically(lying / "model.safetensors", "\xff\xff\xff\xff\xff\xff\xff\x7f{}")
                .ok());
        const auto damaged = readModelFolder(lying);
        QVERIFY(!damaged.ok());
        QCOMPARE(damaged.error().code, ErrorCode::Corrupt);
    }

    void closeAnswerIsRememberedAndForgotten() {
        QSettings().clear();
        QCOMPARE(rememberedCloseChoice(), CloseChoice::Ask);
        CloseDialog once(QStringLiteral("score all"), 0);
        once.setChoice(CloseChoice::Cancel);
        once.remember()->setChecked(false);
        once.primaryButton()->click();
        QCOMPARE(once.choice(), CloseChoice::Cancel);
        QCOMPARE(rememberedCloseChoice(), CloseChoice::Ask);
        CloseDialog dialog(QStringLiteral("score all"), 3);
        dialog.setChoice(CloseChoice::Stop);
        dialog.primaryButton()->click();
        QCOMPARE(rememberedCloseChoice(), CloseChoice::Stop);
        Session session;
        ActionRegistry registry;
        SettingsDialog settings(session, registry);
        QComboBox* field = nullptr;
        for (auto* box : settings.findChildren<QComboBox*>())
            if (box->currentText() == closeChoiceText(CloseChoice::Stop))
                field = box;
        QVERIFY(field); // the settings show it ...
        field->setCurrentIndex(field->findText(closeChoiceText(CloseChoice::Ask)));
        Q_EMIT field->activated(field->currentIndex());
        QCOMPARE(rememberedCloseChoice(), CloseChoice::Ask); // ... and forget it
    }

    void takenKeysAreRefusedByName() {
        QSettings().clear();
        ActionRegistry registry;
        ActionRegistry::Spec open;
        open.id = QStringLiteral("file.open");
        open.text = QStringLiteral("&Open…");
        open.keys = {QStringLiteral("Ctrl+O")};
        registry.add(open);
        ActionRegistry::Spec save;
        save.id = QStringLiteral("file.save");
        save.text = QStringLiteral("&Save");
        save.keys = {QStringLiteral("Ctrl+S")};
        registry.add(save);
        KeyTable table(registry, true, nullptr);
        const QAbstractItemModelTester tester(&table);
        QCOMPARE(table.rowCount(), 2);
        QCOMPARE(table.setKeys(1, {QKeySequence(Qt::CTRL | Qt::Key_O)}), QStringLiteral("Open…"));
        QCOMPARE(table.index(1, KeyTable::Keys).data().toString(), QStringLiteral("Ctrl+S"));
        QCOMPARE(table.setKeys(1, {QKeySequence(Qt::CTRL | Qt::Key_W)}), QString());
        QCOMPARE(table.index(1, KeyTable::Keys).data().toString(), QStringLiteral("Ctrl+W"));
        table.resetRow(1);
        QCOMPARE(table.index(1, KeyTable::Keys).data().toString(), QStringLiteral("Ctrl+S"));
        table.setFilter(QStringLiteral("ctrl open"));
        QCOMPARE(table.rowCount(), 1);
    }

private:
    QTemporaryDir m_folder;
};

QTEST_MAIN(TestDialogs)
#include "tst_dialogs.moc"
