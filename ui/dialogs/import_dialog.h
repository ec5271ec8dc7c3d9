// Import with preview (UX.md 3.11): files, kind, mapped columns, first rows, rejected rows with
// reasons.
#pragma once

#include "core/interop/import.h"
#include "ui/dialogs/form_dialog.h"

#include <QMap>

#include <optional>

class QComboBox;
class QPlainTextEdit;
class QTableWidget;
class QTimer;

namespace crux::ui {

class Session;

/// Accepting queues an `import` job of the open project. Reads the files on a thread of its own.
/// GUI thread. Without an open project the caller makes one first and asks for spec().
class ImportDialog : public FormDialog {
    Q_OBJECT
public:
    explicit ImportDialog(Session& session, QWidget* parent = nullptr);
    void setFiles(const QStringList& files);
    /// Parameters of the job as the fields stand.
    Json spec() const;
    const std::optional<interop::ImportPreview>& preview() const { return m_preview; }

Q_SIGNALS:
    void previewed();

public Q_SLOTS:
    void accept() override;

private:
    void buildFields();
    void buildPreview();
    void schedulePreview();
    void startPreview();
    void showPreview(Result<interop::ImportPreview> result);
    void showRows(const interop::ImportPreview& preview);
    void fillMapping(const interop::ImportPreview& preview);
    void checkTokenizer();
    bool tokenizerMissing() const;
    void updateReason();
    interop::ImportOptions options() const;

    Session& m_session;
    PathField* m_files;
    QComboBox* m_kind;
    QLineEdit* m_dataset;
    QComboBox* m_template;
    QComboBox* m_task;
    PathField* m_tokenizer;
    QComboBox* m_badLines;
    QMap<QString, QComboBox*> m_mapping; ///< role -> column
    QWidget* m_mappingPanel;
    QTableWidget* m_table;
    QLabel* m_noRows; ///< in the empty table
    QLabel* m_counts;
    QLabel* m_countsSign;
    QPlainTextEdit* m_rejected;
    QTimer* m_timer;
    std::optional<interop::ImportPreview> m_preview;
    QString m_fault, m_tokenizerFault;
    int m_generation = 0;
    bool m_running = false;
    bool m_datasetTyped = false;
};

} // namespace crux::ui
