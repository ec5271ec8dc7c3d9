<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>ChartWords</name>
    <message>
        <source>Export chart</source>
        <translation>Diagramm exportieren</translation>
    </message>
    <message>
        <source>Export as %1…</source>
        <translation>Als %1 exportieren …</translation>
    </message>
    <message>
        <source>Copy the numbers</source>
        <translation>Zahlen kopieren</translation>
    </message>
</context>
<context>
    <name>ContextCheck</name>
    <message>
        <source>The longest prompt has %1 tokens; the model does not name its context</source>
        <translation>Der längste Prompt hat %1 Tokens; das Modell nennt seinen Kontext nicht</translation>
    </message>
    <message>
        <source>The longest prompt has %1 tokens, the model&apos;s context only %2: nothing fits after it</source>
        <translation>Der längste Prompt hat %1 Tokens, der Kontext des Modells nur %2: dahinter passt nichts mehr</translation>
    </message>
    <message>
        <source>After the longest prompt, of %1 tokens, only %2 of %3 new tokens fit into the model&apos;s context of %4; longer answers are cut there</source>
        <translation>Nach dem längsten Prompt mit %1 Tokens passen nur %2 von %3 neuen Tokens in den Kontext des Modells von %4; längere Antworten enden dort</translation>
    </message>
    <message>
        <source>The longest prompt, of %1 tokens, and %2 new ones fit into the model&apos;s context of %3</source>
        <translation>Der längste Prompt mit %1 Tokens und %2 neue passen in den Kontext des Modells von %3</translation>
    </message>
</context>
<context>
    <name>ExportWords</name>
    <message>
        <source>absolute scale</source>
        <translation>absolute Skala</translation>
    </message>
    <message>
        <source>log10 scale, clamped at 0.0001</source>
        <translation>log10-Skala, begrenzt bei 0,0001</translation>
    </message>
    <message>
        <source>percentile scale</source>
        <translation>Perzentil-Skala</translation>
    </message>
    <message>
        <source>Trajectory %1</source>
        <translation>Trajektorie %1</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht bewertet</translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation>Ebene %1</translation>
    </message>
    <message>
        <source>palette %1</source>
        <translation>Palette %1</translation>
    </message>
    <message>
        <source>threshold %1</source>
        <translation>Schwelle %1</translation>
    </message>
    <message>
        <source>gold %1</source>
        <translation>richtig %1</translation>
    </message>
    <message>
        <source>extracted %1, %2</source>
        <translation>gelesen %1, %2</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>branch of %1 at %2</source>
        <translation>Zweig von %1 bei %2</translation>
    </message>
    <message>
        <source>score set %1</source>
        <translation>Score-Satz %1</translation>
    </message>
    <message>
        <source>weights %1</source>
        <translation>Gewichte %1</translation>
    </message>
    <message>
        <source>lowest of each word</source>
        <translation>niedrigster jedes Worts</translation>
    </message>
    <message>
        <source>highest of each word</source>
        <translation>höchster jedes Worts</translation>
    </message>
    <message>
        <source>lowest of each step</source>
        <translation>niedrigster jedes Schritts</translation>
    </message>
    <message>
        <source>highest of each step</source>
        <translation>höchster jedes Schritts</translation>
    </message>
    <message>
        <source>%1, %2 to %3</source>
        <translation>%1, %2 bis %3</translation>
    </message>
    <message>
        <source>candidates: s_t below %1, else the lowest</source>
        <translation>Kandidaten: s_t unter %1, sonst das niedrigste</translation>
    </message>
    <message>
        <source>line below: %1</source>
        <translation>Linie darunter: %1</translation>
    </message>
</context>
<context>
    <name>FieldWords</name>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>FlowWords</name>
    <message>
        <source>1 token</source>
        <translation>1 Token</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Tokens</translation>
    </message>
    <message>
        <source>P</source>
        <comment>prompt, one letter in the gutter</comment>
        <translation>P</translation>
    </message>
    <message>
        <source>prompt, %1</source>
        <translation>Prompt, %1</translation>
    </message>
    <message>
        <source>%1, not scored</source>
        <translation>%1, nicht bewertet</translation>
    </message>
    <message>
        <source>%1 · min s_t %2</source>
        <translation>%1 · min s_t %2</translation>
    </message>
    <message>
        <source>step %1, shared</source>
        <translation>Schritt %1, gemeinsam</translation>
    </message>
    <message>
        <source>steps %1 to %2, shared</source>
        <translation>Schritte %1 bis %2, gemeinsam</translation>
    </message>
    <message>
        <source>prompt, shared</source>
        <translation>Prompt, gemeinsam</translation>
    </message>
</context>
<context>
    <name>FormatWords</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
</context>
<context>
    <name>HeatMapExportWords</name>
    <message>
        <source>candidate</source>
        <translation>Kandidat</translation>
    </message>
    <message>
        <source>critical token</source>
        <translation>kritisches Token</translation>
    </message>
    <message>
        <source>forced token</source>
        <translation>erzwungenes Token</translation>
    </message>
    <message>
        <source>branches</source>
        <translation>Zweige</translation>
    </message>
    <message>
        <source>bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
</context>
<context>
    <name>HeatWords</name>
    <message>
        <source>critical token</source>
        <translation>kritisches Token</translation>
    </message>
    <message>
        <source>candidate</source>
        <translation>Kandidat</translation>
    </message>
    <message>
        <source>forced token</source>
        <translation>erzwungenes Token</translation>
    </message>
    <message>
        <source>1 branch</source>
        <translation>1 Zweig</translation>
    </message>
    <message>
        <source>%1 branches</source>
        <translation>%1 Zweige</translation>
    </message>
    <message>
        <source>bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>label %1</source>
        <translation>Label %1</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>extracted answer</source>
        <translation>entnommene Antwort</translation>
    </message>
    <message>
        <source>position %1</source>
        <translation>Position %1</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>no score</source>
        <translation>kein Score</translation>
    </message>
    <message>
        <source>possible answer</source>
        <translation>mögliche Antwort</translation>
    </message>
</context>
<context>
    <name>JobWords</name>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>Bereitet vor</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation>Pausiert gleich</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Hält an</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
</context>
<context>
    <name>LayerWords</name>
    <message>
        <source>entropy</source>
        <translation>Entropie</translation>
    </message>
    <message>
        <source>policy log-prob</source>
        <translation>Policy-Log-Wahrsch.</translation>
    </message>
    <message>
        <source>imported layer</source>
        <translation>importierte Ebene</translation>
    </message>
    <message>
        <source>critical</source>
        <translation>kritisch</translation>
    </message>
    <message>
        <source>not critical</source>
        <translation>nicht kritisch</translation>
    </message>
    <message>
        <source>unlikely</source>
        <translation>unwahrscheinlich</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>wahrscheinlich</translation>
    </message>
    <message>
        <source>negative model</source>
        <translation>negatives Modell</translation>
    </message>
    <message>
        <source>positive model</source>
        <translation>positives Modell</translation>
    </message>
    <message>
        <source>sure</source>
        <translation>sicher</translation>
    </message>
    <message>
        <source>undecided (nats)</source>
        <translation>unentschieden (nats)</translation>
    </message>
    <message>
        <source>low</source>
        <translation>niedrig</translation>
    </message>
    <message>
        <source>high</source>
        <translation>hoch</translation>
    </message>
    <message>
        <source>all wrong after</source>
        <translation>danach alle falsch</translation>
    </message>
    <message>
        <source>all right after</source>
        <translation>danach alle richtig</translation>
    </message>
    <message>
        <source>rollouts right</source>
        <translation>Rollouts richtig</translation>
    </message>
</context>
<context>
    <name>MarkWords</name>
    <message>
        <source>right</source>
        <translation>richtig</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>falsch</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>not graded</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>sampled by a model</source>
        <translation>von einem Modell gezogen</translation>
    </message>
    <message>
        <source>forced</source>
        <translation>erzwungen</translation>
    </message>
    <message>
        <source>ambiguous</source>
        <translation>mehrdeutig</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>A value is outside what is allowed. Nothing was changed.</source>
        <translation>Ein Wert liegt außerhalb des Erlaubten. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Something it needs is not there. Nothing was changed.</source>
        <translation>Etwas Benötigtes ist nicht da. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>The file is damaged or is not what it claims to be.</source>
        <translation>Die Datei ist beschädigt oder nicht das, was sie zu sein behauptet.</translation>
    </message>
    <message>
        <source>Crux does not support this. Nothing was changed.</source>
        <translation>Crux unterstützt das nicht. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Two things that must agree do not. Nothing was changed.</source>
        <translation>Zwei Dinge, die übereinstimmen müssen, tun es nicht. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>The operating system refused. Try again, or choose another place.</source>
        <translation>Das Betriebssystem hat abgelehnt. Bitte erneut versuchen oder einen anderen Ort wählen.</translation>
    </message>
    <message>
        <source>The disk is full. What was stored before is safe; free some space.</source>
        <translation>Die Platte ist voll. Bisher Gespeichertes ist sicher; bitte Platz schaffen.</translation>
    </message>
    <message>
        <source>The file may not be written. Copy it to a place of yours.</source>
        <translation>Die Datei darf nicht beschrieben werden. Bitte an einen eigenen Ort kopieren.</translation>
    </message>
    <message>
        <source>Another program is using the project. Try again in a moment.</source>
        <translation>Ein anderes Programm benutzt das Projekt. Bitte gleich noch einmal versuchen.</translation>
    </message>
    <message>
        <source>A newer Crux wrote it. Update this program to change it.</source>
        <translation>Ein neueres Crux hat es geschrieben. Zum Ändern dieses Programm aktualisieren.</translation>
    </message>
    <message>
        <source>It was cancelled. What was finished before is kept.</source>
        <translation>Es wurde abgebrochen. Vorher Fertiges bleibt erhalten.</translation>
    </message>
    <message>
        <source>Memory ran out. What was finished is kept; try a smaller batch, a shorter length or bfloat16.</source>
        <translation>Der Speicher reichte nicht. Fertiges bleibt erhalten; ein kleinerer Batch, eine kürzere Länge oder bfloat16 können helfen.</translation>
    </message>
    <message>
        <source>The worker broke off. Stored data are safe; it starts again by itself.</source>
        <translation>Der Worker brach ab. Gespeicherte Daten sind sicher; er startet von selbst wieder.</translation>
    </message>
    <message>
        <source>This is a fault of Crux. Stored data are safe; please report the details.</source>
        <translation>Das ist ein Fehler von Crux. Gespeicherte Daten sind sicher; bitte die Einzelheiten melden.</translation>
    </message>
</context>
<context>
    <name>PanelWords</name>
    <message>
        <source>epoch</source>
        <translation>Epoche</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>no number</source>
        <translation>keine Zahl</translation>
    </message>
    <message>
        <source>loss spike</source>
        <translation>Loss-Spitze</translation>
    </message>
    <message>
        <source>gradient spike</source>
        <translation>Gradientenspitze</translation>
    </message>
    <message>
        <source>margin collapse</source>
        <translation>Margin eingebrochen</translation>
    </message>
    <message>
        <source>accuracy stands still</source>
        <translation>Genauigkeit steht still</translation>
    </message>
    <message>
        <source>alert</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>eval</source>
        <translation>Eval</translation>
    </message>
    <message>
        <source>%1, eval</source>
        <translation>%1, Eval</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1, Schritt %2</translation>
    </message>
    <message>
        <source>train and eval</source>
        <translation>Training und Eval</translation>
    </message>
    <message>
        <source>log y</source>
        <translation>log y</translation>
    </message>
    <message>
        <source>values ≤ 0 are not drawn</source>
        <translation>Werte ≤ 0 sind nicht gezeichnet</translation>
    </message>
    <message>
        <source>clipped at %1</source>
        <translation>begrenzt auf %1</translation>
    </message>
</context>
<context>
    <name>RemedyWords</name>
    <message>
        <source>Batch %1</source>
        <translation>Batch %1</translation>
    </message>
    <message>
        <source>Half as much at once; the results stay the same.</source>
        <translation>Halb so viel auf einmal; die Ergebnisse bleiben dieselben.</translation>
    </message>
    <message>
        <source>Half the rows at once, twice as many batches a step.</source>
        <translation>Halb so viele Zeilen auf einmal, doppelt so viele Batches je Schritt.</translation>
    </message>
    <message>
        <source>At most %1 tokens</source>
        <translation>Höchstens %1 Token</translation>
    </message>
    <message>
        <source>Rows below %1 tokens</source>
        <translation>Zeilen unter %1 Token</translation>
    </message>
    <message>
        <source>Half the length; longer ones are cut or left out.</source>
        <translation>Halbe Länge; Längeres wird gekürzt oder ausgelassen.</translation>
    </message>
    <message>
        <source>On the CPU</source>
        <translation>Auf dem Prozessor</translation>
    </message>
    <message>
        <source>Slower, with the machine&apos;s own memory.</source>
        <translation>Langsamer, mit dem Speicher des Rechners.</translation>
    </message>
</context>
<context>
    <name>ScaleWords</name>
    <message>
        <source>orange</source>
        <translation>Orange</translation>
    </message>
    <message>
        <source>cividis</source>
        <translation>Cividis</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>Grau</translation>
    </message>
    <message>
        <source>underline only</source>
        <translation>nur unterstrichen</translation>
    </message>
    <message>
        <source>five buckets</source>
        <translation>fünf Stufen</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>high contrast</source>
        <translation>hoher Kontrast</translation>
    </message>
</context>
<context>
    <name>SelectionWords</name>
    <message>
        <source>without a right answer</source>
        <translation>ohne richtige Antwort</translation>
    </message>
    <message>
        <source>without a wrong answer</source>
        <translation>ohne falsche Antwort</translation>
    </message>
    <message>
        <source>without any answer</source>
        <translation>ohne Antwort</translation>
    </message>
    <message>
        <source>without a gold answer</source>
        <translation>ohne Musterlösung</translation>
    </message>
    <message>
        <source>Positive data</source>
        <translation>Positive Daten</translation>
    </message>
    <message>
        <source>Negative data</source>
        <translation>Negative Daten</translation>
    </message>
    <message>
        <source>Preference pairs</source>
        <translation>Präferenzpaare</translation>
    </message>
    <message>
        <source>%1: %2 rows, %3 questions kept</source>
        <translation>%1: %2 Zeilen, %3 Fragen behalten</translation>
    </message>
    <message>
        <source>; %1 dropped %2</source>
        <translation>; %1 weggelassen %2</translation>
    </message>
    <message>
        <source>Without what others than %1 wrote</source>
        <translation>Ohne das, was andere als %1 geschrieben haben</translation>
    </message>
    <message>
        <source>None of them is known to be written by %1: the paper trains on the model&apos;s own answers</source>
        <translation>Von keiner ist bekannt, dass %1 sie geschrieben hat: Das Paper trainiert mit den eigenen Antworten des Modells</translation>
    </message>
    <message>
        <source>All questions are of a test split</source>
        <translation>Alle Fragen gehören zu einem Testteil</translation>
    </message>
</context>
<context>
    <name>StepWords</name>
    <message>
        <source>line %1 of %2</source>
        <translation>Zeile %1 von %2</translation>
    </message>
    <message>
        <source>trajectory %1, deleted since</source>
        <translation>Trajektorie %1, inzwischen gelöscht</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>weggelassen</translation>
    </message>
    <message>
        <source>counts in full</source>
        <translation>zählt voll</translation>
    </message>
    <message>
        <source>less likely than in the reference</source>
        <translation>unwahrscheinlicher als in der Referenz</translation>
    </message>
    <message>
        <source>more likely</source>
        <translation>wahrscheinlicher</translation>
    </message>
    <message>
        <source>lowers the loss</source>
        <translation>senkt den Loss</translation>
    </message>
    <message>
        <source>raises it</source>
        <translation>hebt ihn</translation>
    </message>
    <message>
        <source>adds nothing to the loss</source>
        <translation>trägt nichts zum Loss bei</translation>
    </message>
    <message>
        <source>adds most</source>
        <translation>trägt am meisten bei</translation>
    </message>
    <message>
        <source>unlikely</source>
        <translation>unwahrscheinlich</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>wahrscheinlich</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>loss contribution</source>
        <translation>Loss-Beitrag</translation>
    </message>
</context>
<context>
    <name>SummaryWords</name>
    <message>
        <source>questions only</source>
        <translation>nur Fragen</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
    <message>
        <source>imported, not scored</source>
        <translation>importiert, nicht bewertet</translation>
    </message>
    <message>
        <source>%1 of %2 scored</source>
        <translation>%1 von %2 bewertet</translation>
    </message>
    <message>
        <source>scored with β %1</source>
        <translation>bewertet mit β %1</translation>
    </message>
</context>
<context>
    <name>TrainWords</name>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Shape of the preference loss; with label smoothing, sigmoid is DPO + label smoothing.</source>
        <translation>Form des Präferenzverlusts; mit Label-Glättung ist Sigmoid DPO + Label-Glättung.</translation>
    </message>
    <message>
        <source>sigmoid</source>
        <translation>Sigmoid</translation>
    </message>
    <message>
        <source>robust</source>
        <translation>robust</translation>
    </message>
    <message>
        <source>hinge</source>
        <translation>Hinge</translation>
    </message>
    <message>
        <source>IPO, by length</source>
        <translation>IPO, nach Länge</translation>
    </message>
    <message>
        <source>IPO, sums</source>
        <translation>IPO, Summen</translation>
    </message>
    <message>
        <source>sigmoid, by length</source>
        <translation>Sigmoid, nach Länge</translation>
    </message>
    <message>
        <source>Strength of the preference loss.</source>
        <translation>Stärke des Präferenzverlusts.</translation>
    </message>
    <message>
        <source>label smoothing</source>
        <translation>Label-Glättung</translation>
    </message>
    <message>
        <source>Share of pairs taken as mislabelled.</source>
        <translation>Anteil der Paare, die als vertauscht gelten.</translation>
    </message>
    <message>
        <source>form</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>The paper sums tokens inside one sigmoid; the authors&apos; code takes a sigmoid at each position.</source>
        <translation>Das Paper summiert Tokens in einem Sigmoid; der Code der Autoren nimmt einen Sigmoid je Position.</translation>
    </message>
    <message>
        <source>paper: sums</source>
        <translation>Paper: Summen</translation>
    </message>
    <message>
        <source>authors&apos; code: by position</source>
        <translation>Code der Autoren: je Position</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>1 − s_t on the rejected tokens alone, or s_t on the chosen ones too.</source>
        <translation>1 − s_t nur auf den abgelehnten Tokens, oder auch s_t auf den gewählten.</translation>
    </message>
    <message>
        <source>rejected only</source>
        <translation>nur abgelehnte</translation>
    </message>
    <message>
        <source>both sides</source>
        <translation>beide Seiten</translation>
    </message>
    <message>
        <source>α of the pair</source>
        <translation>α des Paars</translation>
    </message>
    <message>
        <source>Weight of the pair loss.</source>
        <translation>Gewicht des Paarverlusts.</translation>
    </message>
    <message>
        <source>α of NLL</source>
        <translation>α der NLL</translation>
    </message>
    <message>
        <source>Weight of the chosen completions&apos; negative log-likelihood.</source>
        <translation>Gewicht der negativen Log-Likelihood der gewählten Antworten.</translation>
    </message>
    <message>
        <source>NLL by</source>
        <translation>NLL je</translation>
    </message>
    <message>
        <source>Mean over each completion, or over the tokens of the batch.</source>
        <translation>Mittel über jede Antwort, oder über die Tokens des Stapels.</translation>
    </message>
    <message>
        <source>completion</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Target margin, after β.</source>
        <translation>Angestrebter Abstand, nach β.</translation>
    </message>
    <message>
        <source>version</source>
        <translation>Fassung</translation>
    </message>
    <message>
        <source>Version of the loss.</source>
        <translation>Fassung des Verlusts.</translation>
    </message>
    <message>
        <source>TDPO1</source>
        <translation>TDPO1</translation>
    </message>
    <message>
        <source>TDPO2</source>
        <translation>TDPO2</translation>
    </message>
    <message>
        <source>Weight of the difference of KL.</source>
        <translation>Gewicht der KL-Differenz.</translation>
    </message>
    <message>
        <source>LD-DPO α</source>
        <translation>LD-DPO α</translation>
    </message>
    <message>
        <source>Weight of the tokens beyond the shorter completion; −1 is off.</source>
        <translation>Gewicht der Tokens jenseits der kürzeren Antwort; −1 ist aus.</translation>
    </message>
    <message>
        <source>reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>Frozen model of the log-ratios.</source>
        <translation>Eingefrorenes Modell der Log-Verhältnisse.</translation>
    </message>
    <message>
        <source>bare base</source>
        <translation>bloße Basis</translation>
    </message>
    <message>
        <source>as training found it</source>
        <translation>wie das Training es vorfand</translation>
    </message>
    <message>
        <source>longest prompt</source>
        <translation>längster Prompt</translation>
    </message>
    <message>
        <source>Rows whose prompt has so many tokens or more are dropped.</source>
        <translation>Zeilen, deren Prompt so viele Tokens oder mehr hat, fallen weg.</translation>
    </message>
    <message>
        <source>longest row</source>
        <translation>längste Zeile</translation>
    </message>
    <message>
        <source>Rows of so many tokens or more are dropped.</source>
        <translation>Zeilen mit so vielen Tokens oder mehr fallen weg.</translation>
    </message>
    <message>
        <source>first rows</source>
        <translation>erste Zeilen</translation>
    </message>
    <message>
        <source>Only the first so many rows; 0 takes all.</source>
        <translation>Nur so viele der ersten Zeilen; 0 nimmt alle.</translation>
    </message>
    <message>
        <source>evaluation rows</source>
        <translation>Zeilen zur Auswertung</translation>
    </message>
    <message>
        <source>The last so many rows are kept for evaluation; 0 evaluates nothing.</source>
        <translation>So viele der letzten Zeilen dienen der Auswertung; 0 wertet nichts aus.</translation>
    </message>
    <message>
        <source>every</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>Evaluate every so many steps.</source>
        <translation>Auswertung alle so viele Schritte.</translation>
    </message>
    <message>
        <source>role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>What the adapter is for; auto takes it from the data.</source>
        <translation>Wozu der Adapter dient; auto entnimmt es den Daten.</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>auto</translation>
    </message>
    <message>
        <source>positive model</source>
        <translation>positives Modell</translation>
    </message>
    <message>
        <source>negative model</source>
        <translation>negatives Modell</translation>
    </message>
    <message>
        <source>policy model</source>
        <translation>Policy-Modell</translation>
    </message>
    <message>
        <source>end</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>What ends a completion that does not end so already: eos, none, or a text, where \n is a line end.</source>
        <translation>Was eine Antwort beendet, die nicht schon so endet: eos, none oder ein Text, in dem \n ein Zeilenende ist.</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>trainiert</translation>
    </message>
    <message>
        <source>A LoRA adapter, or all parameters.</source>
        <translation>Ein LoRA-Adapter oder alle Parameter.</translation>
    </message>
    <message>
        <source>LoRA adapter</source>
        <translation>LoRA-Adapter</translation>
    </message>
    <message>
        <source>all parameters</source>
        <translation>alle Parameter</translation>
    </message>
    <message>
        <source>rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>Rank r of the LoRA pairs.</source>
        <translation>Rang r der LoRA-Paare.</translation>
    </message>
    <message>
        <source>LoRA&apos;s α; the scale is α / r.</source>
        <translation>α von LoRA; der Faktor ist α / r.</translation>
    </message>
    <message>
        <source>dropout</source>
        <translation>Dropout</translation>
    </message>
    <message>
        <source>Dropout on LoRA&apos;s input.</source>
        <translation>Dropout am Eingang von LoRA.</translation>
    </message>
    <message>
        <source>rsLoRA</source>
        <translation>rsLoRA</translation>
    </message>
    <message>
        <source>Scale by α / √r instead.</source>
        <translation>Stattdessen Faktor α / √r.</translation>
    </message>
    <message>
        <source>linears</source>
        <translation>lineare Schichten</translation>
    </message>
    <message>
        <source>Linears that get a LoRA pair, such as q_proj or down_proj.</source>
        <translation>Lineare Schichten, die ein LoRA-Paar bekommen, etwa q_proj oder down_proj.</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>Lernrate</translation>
    </message>
    <message>
        <source>Highest learning rate of AdamW.</source>
        <translation>Höchste Lernrate von AdamW.</translation>
    </message>
    <message>
        <source>decay</source>
        <translation>Abfall</translation>
    </message>
    <message>
        <source>Decay of the learning rate after the warm-up.</source>
        <translation>Abfall der Lernrate nach dem Aufwärmen.</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>linear</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>Kosinus</translation>
    </message>
    <message>
        <source>constant</source>
        <translation>konstant</translation>
    </message>
    <message>
        <source>warm-up steps</source>
        <translation>Aufwärmschritte</translation>
    </message>
    <message>
        <source>Steps of warm-up; 0 takes the share.</source>
        <translation>Schritte zum Aufwärmen; 0 nimmt den Anteil.</translation>
    </message>
    <message>
        <source>or share</source>
        <translation>oder Anteil</translation>
    </message>
    <message>
        <source>Warm-up as a share of all steps.</source>
        <translation>Aufwärmen als Anteil aller Schritte.</translation>
    </message>
    <message>
        <source>weight decay</source>
        <translation>Gewichtsabfall</translation>
    </message>
    <message>
        <source>Weight decay of AdamW.</source>
        <translation>Gewichtsabfall von AdamW.</translation>
    </message>
    <message>
        <source>clip</source>
        <translation>kappen</translation>
    </message>
    <message>
        <source>Largest norm of the gradient; 0 does not clip.</source>
        <translation>Größte Norm des Gradienten; 0 kappt nicht.</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Rows computed together.</source>
        <translation>Zeilen, die zusammen gerechnet werden.</translation>
    </message>
    <message>
        <source>times</source>
        <translation>mal</translation>
    </message>
    <message>
        <source>Batches that make one step.</source>
        <translation>Stapel, die einen Schritt ergeben.</translation>
    </message>
    <message>
        <source>epochs</source>
        <translation>Epochen</translation>
    </message>
    <message>
        <source>Times through the data.</source>
        <translation>Durchgänge durch die Daten.</translation>
    </message>
    <message>
        <source>or steps</source>
        <translation>oder Schritte</translation>
    </message>
    <message>
        <source>Steps, whatever the epochs say; 0 is off.</source>
        <translation>Schritte, gleich was die Epochen sagen; 0 ist aus.</translation>
    </message>
    <message>
        <source>shuffle</source>
        <translation>mischen</translation>
    </message>
    <message>
        <source>Draw the order of the rows anew each epoch.</source>
        <translation>Die Reihenfolge der Zeilen jede Epoche neu ziehen.</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Seed of the order, of LoRA&apos;s start and of dropout.</source>
        <translation>Startwert der Reihenfolge, des LoRA-Beginns und des Dropouts.</translation>
    </message>
    <message>
        <source>Steps between two checkpoints.</source>
        <translation>Schritte zwischen zwei Checkpoints.</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>Checkpoints kept, beside the best.</source>
        <translation>Behaltene Checkpoints, neben dem besten.</translation>
    </message>
    <message>
        <source>best is the result</source>
        <translation>der beste ist das Ergebnis</translation>
    </message>
    <message>
        <source>With evaluation: the adapter of the lowest evaluation loss is the result.</source>
        <translation>Mit Auswertung: der Adapter mit dem kleinsten Auswertungsverlust ist das Ergebnis.</translation>
    </message>
    <message>
        <source>compute activations again</source>
        <translation>Aktivierungen neu rechnen</translation>
    </message>
    <message>
        <source>On the way back: less memory, more work.</source>
        <translation>Auf dem Rückweg: weniger Speicher, mehr Arbeit.</translation>
    </message>
    <message>
        <source>tokens a pass</source>
        <translation>Tokens je Durchlauf</translation>
    </message>
    <message>
        <source>Most tokens in one pass; bounds the memory.</source>
        <translation>Höchstens so viele Tokens in einem Durchlauf; begrenzt den Speicher.</translation>
    </message>
    <message>
        <source>share prompts</source>
        <translation>Prompts teilen</translation>
    </message>
    <message>
        <source>Compute once what completions of one prompt share.</source>
        <translation>Einmal rechnen, was Antworten eines Prompts teilen.</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folder of the checkpoints; empty takes one beside the project.</source>
        <translation>Ordner der Checkpoints; leer nimmt einen neben dem Projekt.</translation>
    </message>
    <message>
        <source>SFT</source>
        <translation>SFT</translation>
    </message>
    <message>
        <source>cDPO, contrastive</source>
        <translation>cDPO, kontrastiv</translation>
    </message>
    <message>
        <source>RPO: DPO + NLL</source>
        <translation>RPO: DPO + NLL</translation>
    </message>
    <message>
        <source>SimPO</source>
        <translation>SimPO</translation>
    </message>
    <message>
        <source>TDPO</source>
        <translation>TDPO</translation>
    </message>
    <message>
        <source>DPO</source>
        <translation>DPO</translation>
    </message>
    <message>
        <source>Small CPU</source>
        <translation>Kleine CPU</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>Zuletzt benutzt</translation>
    </message>
    <message>
        <source>cDPO, contrastive (authors&apos; code)</source>
        <translation>cDPO, kontrastiv (Code der Autoren)</translation>
    </message>
    <message>
        <source>cDPO, contrastive (paper)</source>
        <translation>cDPO, kontrastiv (Paper)</translation>
    </message>
    <message>
        <source>Authors&apos; code</source>
        <translation>Code der Autoren</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>Paper</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>cDPO</source>
        <translation>cDPO</translation>
    </message>
    <message>
        <source>Preference</source>
        <translation>Präferenz</translation>
    </message>
    <message>
        <source>RPO</source>
        <translation>RPO</translation>
    </message>
    <message>
        <source>Log-ratios</source>
        <translation>Log-Verhältnisse</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Taken</source>
        <translation>Genommen</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>Auswertung</translation>
    </message>
    <message>
        <source>LoRA</source>
        <translation>LoRA</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Trainiert</translation>
    </message>
    <message>
        <source>Pairs</source>
        <translation>Paare</translation>
    </message>
    <message>
        <source>Linears</source>
        <translation>Lineare Schichten</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>Optimierer</translation>
    </message>
    <message>
        <source>AdamW</source>
        <translation>AdamW</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>A step</source>
        <translation>Ein Schritt</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>Checkpoints</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
</context>
<context>
    <name>TrajectoryTable</name>
    <message>
        <source>Number of the trajectory in the project</source>
        <translation>Nummer der Trajektorie im Projekt</translation>
    </message>
    <message>
        <source>Verdict and source</source>
        <translation>Urteil und Quelle</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>Scores</translation>
    </message>
    <message>
        <source>Lowest s_t along the response, one column a bucket of tokens</source>
        <translation>Niedrigster s_t entlang der Antwort, eine Spalte je Gruppe von Tokens</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Extracted answer</source>
        <translation>Entnommene Antwort</translation>
    </message>
    <message>
        <source>Gold</source>
        <translation>Gold</translation>
    </message>
    <message>
        <source>Gold answer</source>
        <translation>Gold-Antwort</translation>
    </message>
    <message>
        <source>min s_t</source>
        <translation>min s_t</translation>
    </message>
    <message>
        <source>Lowest contrastive score of the response</source>
        <translation>Niedrigster kontrastiver Score der Antwort</translation>
    </message>
    <message>
        <source>Branches</source>
        <translation>Zweige</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>Tokens of the response</source>
        <translation>Tokens der Antwort</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>Kandidaten</translation>
    </message>
    <message>
        <source>Tokens below the score set&apos;s threshold</source>
        <translation>Tokens unter der Schwelle des Score-Satzes</translation>
    </message>
    <message>
        <source>Lowest at</source>
        <translation>Niedrigster bei</translation>
    </message>
    <message>
        <source>Position of the lowest score, and how far into the response</source>
        <translation>Position des niedrigsten Scores und wie weit in der Antwort</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>Ziehung</translation>
    </message>
    <message>
        <source>Number of the sample of its question</source>
        <translation>Nummer der Ziehung zu ihrer Frage</translation>
    </message>
    <message>
        <source>Source model</source>
        <translation>Quellmodell</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Human verdict</source>
        <translation>Menschliches Urteil</translation>
    </message>
    <message>
        <source>Flags</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>Marked, noted</source>
        <translation>Markiert, mit Notiz</translation>
    </message>
    <message>
        <source>Critical token</source>
        <translation>Kritisches Token</translation>
    </message>
    <message>
        <source>Found by rollouts: position, text; ▼ where fresh rollouts confirm it</source>
        <translation>Durch Rollouts gefunden: Position, Text; ▼, wo frische Rollouts es bestätigen</translation>
    </message>
</context>
<context>
    <name>Undo</name>
    <message>
        <source>remove label</source>
        <translation>Label entfernen</translation>
    </message>
    <message>
        <source>label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>remove note</source>
        <translation>Notiz entfernen</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>mark</source>
        <translation>Markierung</translation>
    </message>
    <message>
        <source>new branch</source>
        <translation>neuer Zweig</translation>
    </message>
    <message>
        <source>main path</source>
        <translation>Hauptpfad</translation>
    </message>
    <message>
        <source>move branch to trash</source>
        <translation>Zweig in den Papierkorb</translation>
    </message>
    <message>
        <source>comparison of branches</source>
        <translation>Vergleich von Zweigen</translation>
    </message>
    <message>
        <source>It was put on the trajectory as a whole.</source>
        <translation>Sie gilt der Trajektorie als Ganzem.</translation>
    </message>
    <message>
        <source>This trajectory is not tokenised yet, so its words have no positions. Scoring it does that.</source>
        <translation>Diese Trajektorie ist noch nicht in Token zerlegt, ihre Wörter haben also keine Positionen. Beim Bewerten geschieht das.</translation>
    </message>
</context>
<context>
    <name>VerdictReason</name>
    <message>
        <source>same text</source>
        <translation>gleicher Text</translation>
    </message>
    <message>
        <source>same words</source>
        <translation>gleiche Wörter</translation>
    </message>
    <message>
        <source>equal exactly</source>
        <translation>genau gleich</translation>
    </message>
    <message>
        <source>equal at sampled points</source>
        <translation>an Stichpunkten gleich</translation>
    </message>
    <message>
        <source>same number</source>
        <translation>gleiche Zahl</translation>
    </message>
    <message>
        <source>equal as a percentage</source>
        <translation>als Prozentwert gleich</translation>
    </message>
    <message>
        <source>strict and flexible filters agree</source>
        <translation>strenger und lockerer Filter stimmen überein</translation>
    </message>
    <message>
        <source>flexible filter alone</source>
        <translation>nur der lockere Filter</translation>
    </message>
    <message>
        <source>strict filter alone found it right</source>
        <translation>nur der strenge Filter fand es richtig</translation>
    </message>
    <message>
        <source>another value</source>
        <translation>anderer Wert</translation>
    </message>
    <message>
        <source>another text</source>
        <translation>anderer Text</translation>
    </message>
    <message>
        <source>too close to decide</source>
        <translation>zu knapp für ein Urteil</translation>
    </message>
    <message>
        <source>not readable as mathematics</source>
        <translation>nicht als Mathematik lesbar</translation>
    </message>
    <message>
        <source>the gold answer is no number</source>
        <translation>die Gold-Antwort ist keine Zahl</translation>
    </message>
    <message>
        <source>nothing to extract</source>
        <translation>nichts zu entnehmen</translation>
    </message>
    <message>
        <source>the question has no gold answer</source>
        <translation>die Frage hat keine Gold-Antwort</translation>
    </message>
    <message>
        <source>label of the import</source>
        <translation>Label des Imports</translation>
    </message>
    <message>
        <source>imported only up to some token</source>
        <translation>nur bis zu einem Token importiert</translation>
    </message>
    <message>
        <source>which one counts is not said</source>
        <translation>welche gilt, steht nicht da</translation>
    </message>
</context>
<context>
    <name>VerdictWords</name>
    <message>
        <source>verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist geöffnet.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>No trajectory is open.</source>
        <translation>Keine Trajektorie ist geöffnet.</translation>
    </message>
    <message>
        <source>The branch is being written.</source>
        <translation>Der Zweig wird gerade geschrieben.</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>right</source>
        <translation>richtig</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>falsch</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>not graded</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>Bereitet vor</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation>Pausiert gleich</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Hält an</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>or</source>
        <extracomment>Between answers of which any may count: &quot;5 or 7&quot;</extracomment>
        <translation>oder</translation>
    </message>
</context>
<context>
    <name>crux::ui::AboutDialog</name>
    <message>
        <source>About Crux</source>
        <translation>Über Crux</translation>
    </message>
    <message>
        <source>Find the tokens that decide whether a reasoning trajectory ends right or wrong.</source>
        <translation>Findet die Tokens, die entscheiden, ob eine Trajektorie richtig oder falsch endet.</translation>
    </message>
    <message>
        <source>The method is that of “Critical Tokens Matter: Token-Level Contrastive Estimation Enhances LLM&apos;s Reasoning Capability” (arXiv 2411.19943).</source>
        <translation>Das Verfahren ist das aus „Critical Tokens Matter: Token-Level Contrastive Estimation Enhances LLM&apos;s Reasoning Capability“ (arXiv 2411.19943).</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>GNU General Public License, version 3 or later, with the additional permission to link LibTorch, MKL and CUDA. There is no warranty.</source>
        <translation>GNU General Public License, Version 3 oder später, mit der zusätzlichen Erlaubnis, LibTorch, MKL und CUDA einzubinden. Es gibt keine Gewährleistung.</translation>
    </message>
    <message>
        <source>Built from</source>
        <translation>Gebaut aus</translation>
    </message>
    <message>
        <source>Libraries and their licences</source>
        <translation>Bibliotheken und ihre Lizenzen</translation>
    </message>
    <message>
        <source>Memory of the window: %1. Models live in the worker&apos;s own process.</source>
        <translation>Speicher des Fensters: %1. Modelle liegen im eigenen Prozess des Workers.</translation>
    </message>
</context>
<context>
    <name>crux::ui::ActionRegistry</name>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Alternatives</source>
        <translation>Alternativen</translation>
    </message>
    <message>
        <source>Branches</source>
        <translation>Zweige</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
</context>
<context>
    <name>crux::ui::AgreementModel</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message numerus="yes">
        <source>%n trajectory(s)</source>
        <translation>
            <numerusform>%n Trajektorie</numerusform>
            <numerusform>%n Trajektorien</numerusform>
        </translation>
    </message>
    <message>
        <source>planted slips</source>
        <translation>eingepflanzte Fehler</translation>
    </message>
    <message>
        <source>critical tokens by rollouts</source>
        <translation>kritische Tokens nach Rollouts</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Candidates that are %1</source>
        <translation>Kandidaten, die %1 sind</translation>
    </message>
    <message>
        <source>Precision, ±%1 tokens</source>
        <translation>Genauigkeit, ±%1 Tokens</translation>
    </message>
    <message>
        <source>Candidates with one of the %1 at most %2 tokens away</source>
        <translation>Kandidaten, von denen eines der %1 höchstens %2 Tokens entfernt ist</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>Trefferquote</translation>
    </message>
    <message>
        <source>Of the %1, those that are candidates</source>
        <translation>Von den %1 jene, die Kandidaten sind</translation>
    </message>
    <message>
        <source>Recall, ±%1 tokens</source>
        <translation>Trefferquote, ±%1 Tokens</translation>
    </message>
    <message>
        <source>Of the %1, those with a candidate at most %2 tokens away</source>
        <translation>Von den %1 jene mit einem Kandidaten höchstens %2 Tokens entfernt</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation>Verfehlt</translation>
    </message>
    <message>
        <source>Of the %1, those that are no candidates</source>
        <translation>Von den %1 jene, die keine Kandidaten sind</translation>
    </message>
    <message>
        <source>Lowest s_t of all</source>
        <translation>Niedrigstes s_t von allen</translation>
    </message>
    <message>
        <source>Of the %1, those with the lowest s_t of their response</source>
        <translation>Von den %1 jene mit dem niedrigsten s_t ihrer Antwort</translation>
    </message>
    <message>
        <source>Among the 5 lowest</source>
        <translation>Unter den 5 niedrigsten</translation>
    </message>
    <message>
        <source>Rank by s_t at most 5</source>
        <translation>Rang nach s_t höchstens 5</translation>
    </message>
    <message>
        <source>Among the 10 lowest</source>
        <translation>Unter den 10 niedrigsten</translation>
    </message>
    <message>
        <source>Rank by s_t at most 10</source>
        <translation>Rang nach s_t höchstens 10</translation>
    </message>
    <message>
        <source>Median rank by s_t</source>
        <translation>Mittlerer Rang nach s_t (Median)</translation>
    </message>
    <message>
        <source>Rank 1 is the lowest s_t of the response; equal scores share their mean rank</source>
        <translation>Rang 1 ist das niedrigste s_t der Antwort; gleiche Scores teilen sich ihren mittleren Rang</translation>
    </message>
    <message>
        <source>ρ of s_t and share right</source>
        <translation>ρ von s_t und Anteil richtiger</translation>
    </message>
    <message>
        <source>Spearman&apos;s rank correlation of s_t and the share of right rollouts by position, mean over trajectories with its 95 % interval</source>
        <translation>Spearmans Rangkorrelation von s_t und dem Anteil richtiger Rollouts je Position, Mittel über Trajektorien mit 95-%-Intervall</translation>
    </message>
    <message>
        <source>ρ of s_t and drop</source>
        <translation>ρ von s_t und Abfall</translation>
    </message>
    <message>
        <source>Spearman&apos;s rank correlation of s_t and the drop of the share at that token; negative: a low s_t goes with a drop</source>
        <translation>Spearmans Rangkorrelation von s_t und dem Abfall des Anteils an diesem Token; negativ: ein niedriges s_t geht mit einem Abfall einher</translation>
    </message>
    <message>
        <source>Enter or a click filters: %1</source>
        <translation>Eingabe oder Klick filtert: %1</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Maß</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>Of</source>
        <translation>Von</translation>
    </message>
</context>
<context>
    <name>crux::ui::AlternativesModel</name>
    <message>
        <source>%1, id %2, the original token</source>
        <translation>%1, id %2, das ursprüngliche Token</translation>
    </message>
    <message>
        <source>%1, id %2</source>
        <translation>%1, id %2</translation>
    </message>
    <message>
        <source>Not drawn with this top-p and top-k; it can still be forced.</source>
        <translation>Wird mit diesem top-p und top-k nicht gezogen; erzwingen lässt es sich trotzdem.</translation>
    </message>
    <message>
        <source>%1 %2%3</source>
        <translation>%1 %2%3</translation>
    </message>
    <message>
        <source>, original token</source>
        <translation>, ursprüngliches Token</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>id</source>
        <translation>id</translation>
    </message>
    <message>
        <source>p under the policy model</source>
        <translation>p unter dem Policy-Modell</translation>
    </message>
    <message>
        <source>p</source>
        <translation>p</translation>
    </message>
    <message>
        <source>p under the positive model</source>
        <translation>p unter dem positiven Modell</translation>
    </message>
    <message>
        <source>p_pos</source>
        <translation>p_pos</translation>
    </message>
    <message>
        <source>p under the negative model</source>
        <translation>p unter dem negativen Modell</translation>
    </message>
    <message>
        <source>p_neg</source>
        <translation>p_neg</translation>
    </message>
    <message>
        <source>Contrastive score if this token is chosen</source>
        <translation>Kontrastiver Score, falls dieses Token gewählt wird</translation>
    </message>
    <message>
        <source>s_t if chosen</source>
        <translation>s_t falls gewählt</translation>
    </message>
    <message>
        <source>Branches that start with this token</source>
        <translation>Zweige, die mit diesem Token beginnen</translation>
    </message>
    <message>
        <source>%1 of %2 rollouts with this token end right, 95 % interval %3 to %4</source>
        <translation>%1 von %2 Rollouts mit diesem Token enden richtig, 95-%-Intervall %3 bis %4</translation>
    </message>
    <message>
        <source>Rollouts after this token that end right</source>
        <translation>Rollouts nach diesem Token, die richtig enden</translation>
    </message>
    <message>
        <source>Rollouts</source>
        <translation>Rollouts</translation>
    </message>
</context>
<context>
    <name>crux::ui::BatchInspector</name>
    <message>
        <source>Rows of the step</source>
        <translation>Zeilen des Schritts</translation>
    </message>
    <message>
        <source>Chosen</source>
        <translation>Bevorzugt</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>What the tokens are coloured by</source>
        <translation>Wonach die Token gefärbt sind</translation>
    </message>
    <message>
        <source>Step before</source>
        <translation>Schritt davor</translation>
    </message>
    <message>
        <source>Step after</source>
        <translation>Schritt danach</translation>
    </message>
    <message>
        <source>Open the trajectory in Explore</source>
        <translation>Die Trajektorie in Erkunden öffnen</translation>
    </message>
    <message>
        <source>%1: open the trajectory in Explore</source>
        <translation>%1: die Trajektorie in Erkunden öffnen</translation>
    </message>
    <message>
        <source>The step could not be read.</source>
        <translation>Der Schritt konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1, Schritt %2</translation>
    </message>
    <message numerus="yes">
        <source>%n pair(s)</source>
        <translation>
            <numerusform>%n Paar</numerusform>
            <numerusform>%n Paare</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>loss %1</source>
        <translation>Loss %1</translation>
    </message>
    <message>
        <source>nearest to step %1</source>
        <translation>am nächsten an Schritt %1</translation>
    </message>
    <message>
        <source>Nothing is stored of this step</source>
        <translation>Von diesem Schritt ist nichts gespeichert</translation>
    </message>
    <message>
        <source>The run was made by an older program, or has not begun its first step.</source>
        <translation>Der Lauf stammt von einem älteren Programm oder hat seinen ersten Schritt noch nicht begonnen.</translation>
    </message>
    <message>
        <source>No step is chosen</source>
        <translation>Kein Schritt ist gewählt</translation>
    </message>
    <message>
        <source>Click a curve in Metrics: the rows of that step are shown here, with the weight and the loss of every token.</source>
        <translation>Klicken Sie in den Metriken auf eine Kurve: Hier stehen dann die Zeilen des Schritts, mit Gewicht und Loss jedes Tokens.</translation>
    </message>
    <message>
        <source>The row could not be read.</source>
        <translation>Die Zeile konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The values of this row&apos;s tokens were not stored: a step keeps those of its rows of highest loss (token_rows).</source>
        <translation>Die Werte der Token dieser Zeile wurden nicht gespeichert: Ein Schritt behält die seiner Zeilen mit dem höchsten Loss (token_rows).</translation>
    </message>
    <message>
        <source>The values of this step&apos;s tokens were not stored, so that a long run stays small.</source>
        <translation>Die Werte der Token dieses Schritts wurden nicht gespeichert, damit ein langer Lauf klein bleibt.</translation>
    </message>
    <message>
        <source>The run stores no values of tokens (token_rows is 0).</source>
        <translation>Der Lauf speichert keine Werte von Token (token_rows ist 0).</translation>
    </message>
    <message>
        <source>Go to step %1, which has them</source>
        <translation>Zu Schritt %1, der sie hat</translation>
    </message>
    <message>
        <source>Completion</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>%1 %2 … %3 %4</source>
        <translation>%1 %2 … %3 %4</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
    <message>
        <source>weighted</source>
        <translation>gewichtet</translation>
    </message>
    <message>
        <source>every weight 1</source>
        <translation>jedes Gewicht 1</translation>
    </message>
    <message>
        <source>reward %1</source>
        <translation>Belohnung %1</translation>
    </message>
    <message>
        <source>underline: %1</source>
        <translation>Unterstrich: %1</translation>
    </message>
    <message>
        <source>%1, coloured by %2</source>
        <translation>%1, gefärbt nach %2</translation>
    </message>
    <message>
        <source>token %1 %2</source>
        <translation>Token %1 %2</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>Zuklappen</translation>
    </message>
    <message>
        <source>Unfold</source>
        <translation>Aufklappen</translation>
    </message>
</context>
<context>
    <name>crux::ui::BranchGraph</name>
    <message>
        <source>Graph of the branches</source>
        <translation>Graph der Zweige</translation>
    </message>
    <message>
        <source>%1 more</source>
        <translation>%1 weitere</translation>
    </message>
    <message>
        <source>p %1</source>
        <translation>p %1</translation>
    </message>
    <message>
        <source>Branches of trajectory %1</source>
        <translation>Zweige von Trajektorie %1</translation>
    </message>
</context>
<context>
    <name>crux::ui::BranchTreeModel</name>
    <message>
        <source>banned</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>replaced by</source>
        <translation>ersetzt durch</translation>
    </message>
    <message>
        <source>pos %1</source>
        <translation>Pos. %1</translation>
    </message>
    <message>
        <source>main path</source>
        <translation>Hauptpfad</translation>
    </message>
    <message>
        <source>Probability of the forced token under the policy model</source>
        <translation>Wahrscheinlichkeit des erzwungenen Tokens unter dem Policy-Modell</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>p</source>
        <translation>p</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>%1 of %2 rollouts of the bare prompt right</source>
        <translation>%1 von %2 Rollouts des bloßen Prompts richtig</translation>
    </message>
    <message>
        <source>%1 of %2 rollouts after it right</source>
        <translation>%1 von %2 Rollouts danach richtig</translation>
    </message>
    <message>
        <source>%1 of %2 rollouts before it right</source>
        <translation>%1 von %2 Rollouts davor richtig</translation>
    </message>
    <message>
        <source>Right of all rollouts after the forced token, or before the place it leaves</source>
        <translation>Richtige aller Rollouts nach dem erzwungenen Token, oder vor der Stelle des Abzweigs</translation>
    </message>
    <message>
        <source>Right of n</source>
        <translation>Richtig von n</translation>
    </message>
</context>
<context>
    <name>crux::ui::BranchesDock</name>
    <message>
        <source>Branches</source>
        <translation>Zweige</translation>
    </message>
    <message>
        <source>Which branches are listed</source>
        <translation>Welche Zweige aufgelistet sind</translation>
    </message>
    <message>
        <source>All branches</source>
        <translation>Alle Zweige</translation>
    </message>
    <message>
        <source>Right only</source>
        <translation>Nur richtige</translation>
    </message>
    <message>
        <source>Wrong only</source>
        <translation>Nur falsche</translation>
    </message>
    <message>
        <source>Fold all</source>
        <translation>Alle einklappen</translation>
    </message>
    <message>
        <source>Empty the trash…</source>
        <translation>Papierkorb leeren…</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Gliederung</translation>
    </message>
    <message>
        <source>No branches</source>
        <translation>Keine Zweige</translation>
    </message>
    <message>
        <source>A branch starts where another token is forced.</source>
        <translation>Ein Zweig beginnt, wo ein anderes Token erzwungen wird.</translation>
    </message>
    <message>
        <source>Force a token…</source>
        <translation>Token erzwingen…</translation>
    </message>
    <message>
        <source>Empty the trash</source>
        <translation>Papierkorb leeren</translation>
    </message>
    <message>
        <source>Remove all branches in the trash of this project for good?</source>
        <translation>Alle Zweige im Papierkorb dieses Projekts endgültig entfernen?</translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Verzweigen</translation>
    </message>
    <message>
        <source>Next sibling</source>
        <translation>Nächster Nachbarzweig</translation>
    </message>
    <message>
        <source>Previous sibling</source>
        <translation>Voriger Nachbarzweig</translation>
    </message>
    <message>
        <source>To the parent fork</source>
        <translation>Zur Gabelung darüber</translation>
    </message>
    <message>
        <source>Make main path</source>
        <translation>Zum Hauptpfad machen</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>In den Papierkorb</translation>
    </message>
    <message>
        <source>Unfold the subtree</source>
        <translation>Teilbaum ausklappen</translation>
    </message>
    <message>
        <source>The branch is being written.</source>
        <translation>Der Zweig wird gerade geschrieben.</translation>
    </message>
    <message>
        <source>Select two branches, not more.</source>
        <translation>Wählen Sie zwei Zweige, nicht mehr.</translation>
    </message>
    <message>
        <source>Select a branch, or two of them (Ctrl+click).</source>
        <translation>Wählen Sie einen Zweig oder zwei (Strg+Klick).</translation>
    </message>
    <message>
        <source>To the last visited child</source>
        <translation>Zum zuletzt besuchten Kind</translation>
    </message>
    <message>
        <source>Compare two branches</source>
        <translation>Zwei Zweige vergleichen</translation>
    </message>
    <message>
        <source>Close the comparison or the branch pane</source>
        <translation>Vergleich oder Zweigfeld schließen</translation>
    </message>
    <message>
        <source>No branch is shown.</source>
        <translation>Es wird kein Zweig gezeigt.</translation>
    </message>
    <message>
        <source>Export the graph as SVG…</source>
        <translation>Graph als SVG exportieren…</translation>
    </message>
    <message>
        <source>There are no branches.</source>
        <translation>Es gibt keine Zweige.</translation>
    </message>
    <message>
        <source>The tree as lines</source>
        <translation>Der Baum als Zeilen</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>Graph</translation>
    </message>
    <message>
        <source>The tree as a graph: drag moves it, Ctrl and the wheel zoom</source>
        <translation>Der Baum als Graph: Ziehen verschiebt, Strg und Rad zoomen</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>Nächstes Token</translation>
    </message>
    <message>
        <source>What may follow at the cursor, block height is probability</source>
        <translation>Was am Cursor folgen kann, Blockhöhe ist Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Forks</source>
        <translation>Gabelungen</translation>
    </message>
    <message>
        <source>The places where branches leave, as a table</source>
        <translation>Die Stellen, an denen Zweige abgehen, als Tabelle</translation>
    </message>
    <message>
        <source>Forced tokens only</source>
        <translation>Nur erzwungene Tokens</translation>
    </message>
    <message>
        <source>By all models</source>
        <translation>Von allen Modellen</translation>
    </message>
    <message>
        <source>By %1</source>
        <translation>Von %1</translation>
    </message>
    <message>
        <source>Show the best branch</source>
        <translation>Den besten Zweig zeigen</translation>
    </message>
    <message>
        <source>Export the graph</source>
        <translation>Graph exportieren</translation>
    </message>
    <message>
        <source>SVG files (*.svg)</source>
        <translation>SVG-Dateien (*.svg)</translation>
    </message>
    <message>
        <source>The graph was not written.</source>
        <translation>Der Graph wurde nicht geschrieben.</translation>
    </message>
</context>
<context>
    <name>crux::ui::CloseDialog</name>
    <message>
        <source>It goes on without the window; the next window on this project shows it again.</source>
        <translation>Er läuft ohne das Fenster weiter; das nächste Fenster zu diesem Projekt zeigt ihn wieder.</translation>
    </message>
    <message>
        <source>It ends after its present step; Resume goes on from there.</source>
        <translation>Er endet nach seinem jetzigen Schritt; „Fortsetzen“ macht dort weiter.</translation>
    </message>
    <message>
        <source>It is not wanted any more; what it has stored stays.</source>
        <translation>Er wird nicht mehr gebraucht; was er gespeichert hat, bleibt.</translation>
    </message>
    <message>
        <source>ask</source>
        <translation>fragen</translation>
    </message>
    <message>
        <source>keep running</source>
        <translation>weiterlaufen lassen</translation>
    </message>
    <message>
        <source>stop and save</source>
        <translation>anhalten und sichern</translation>
    </message>
    <message>
        <source>cancel the job</source>
        <translation>den Auftrag abbrechen</translation>
    </message>
    <message>
        <source>A job is running</source>
        <translation>Ein Auftrag läuft</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>Fenster schließen</translation>
    </message>
    <message>
        <source>Remember the answer (Settings can forget it)</source>
        <translation>Antwort merken (in den Einstellungen wieder löschbar)</translation>
    </message>
    <message>
        <source>“%1” is running. What should become of it when the window is closed?</source>
        <translation>„%1“ läuft. Was soll damit geschehen, wenn das Fenster geschlossen wird?</translation>
    </message>
    <message numerus="yes">
        <source>%n more job(s) wait in the queue until a window or crux-cli runs them.</source>
        <translation>
            <numerusform>%n weiterer Auftrag wartet in der Schlange, bis ein Fenster oder crux-cli ihn ausführt.</numerusform>
            <numerusform>%n weitere Aufträge warten in der Schlange, bis ein Fenster oder crux-cli sie ausführt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Score the word problems</source>
        <translation>Textaufgaben bewerten</translation>
    </message>
</context>
<context>
    <name>crux::ui::CommandPalette</name>
    <message>
        <source>Matches</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>Up, Down choose</source>
        <translation>Auf, Ab wählen</translation>
    </message>
    <message>
        <source>Enter runs</source>
        <translation>Eingabe führt aus</translation>
    </message>
    <message>
        <source>Esc closes</source>
        <translation>Esc schließt</translation>
    </message>
    <message>
        <source>words in any order</source>
        <translation>Wörter in beliebiger Folge</translation>
    </message>
    <message>
        <source>not available now</source>
        <translation>jetzt nicht möglich</translation>
    </message>
    <message>
        <source>Run an action</source>
        <translation>Eine Aktion ausführen</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n action(s)</source>
        <translation>
            <numerusform>%1 von %n Aktion</numerusform>
            <numerusform>%1 von %n Aktionen</numerusform>
        </translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>nichts gefunden</translation>
    </message>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n gefunden</numerusform>
            <numerusform>%n gefunden</numerusform>
        </translation>
    </message>
    <message>
        <source>Alt+Enter sets its keys</source>
        <translation>Alt+Eingabe legt die Tasten fest</translation>
    </message>
    <message>
        <source>Go to trajectory number, words of a question, or name of a run</source>
        <translation>Zu Nummer einer Trajektorie, Wörtern einer Frage oder Namen eines Laufs</translation>
    </message>
    <message>
        <source>run</source>
        <translation>Lauf</translation>
    </message>
</context>
<context>
    <name>crux::ui::ConfigDiffModel</name>
    <message>
        <source>Parameter</source>
        <translation>Parameter</translation>
    </message>
</context>
<context>
    <name>crux::ui::ConfigDock</name>
    <message>
        <source>differences only</source>
        <translation>nur Unterschiede</translation>
    </message>
    <message>
        <source>parameters, e.g. rate|beta</source>
        <translation>Parameter, z. B. rate|beta</translation>
    </message>
    <message>
        <source>Parameters whose names match</source>
        <translation>Parameter mit passenden Namen</translation>
    </message>
    <message>
        <source>Configurations of the shown runs</source>
        <translation>Konfigurationen der gezeigten Läufe</translation>
    </message>
    <message>
        <source>⚠ this is no regular expression</source>
        <translation>⚠ das ist kein regulärer Ausdruck</translation>
    </message>
    <message numerus="yes">
        <source>%n parameter(s) differ</source>
        <translation>
            <numerusform>%n Parameter weicht ab</numerusform>
            <numerusform>%n Parameter weichen ab</numerusform>
        </translation>
    </message>
    <message>
        <source>No run is shown</source>
        <translation>Kein Lauf ist gezeigt</translation>
    </message>
    <message>
        <source>Tick runs in the table of runs to see how they were configured.</source>
        <translation>Haken Sie Läufe in ihrer Tabelle an, um ihre Konfiguration zu sehen.</translation>
    </message>
    <message>
        <source>Nothing differs</source>
        <translation>Nichts weicht ab</translation>
    </message>
    <message>
        <source>The shown runs have the same value for every parameter.</source>
        <translation>Die gezeigten Läufe haben für jeden Parameter denselben Wert.</translation>
    </message>
    <message>
        <source>No parameter fits</source>
        <translation>Kein Parameter passt</translation>
    </message>
    <message>
        <source>Their names do not match the expression.</source>
        <translation>Ihre Namen passen nicht zum Ausdruck.</translation>
    </message>
</context>
<context>
    <name>crux::ui::CorpusBarsModel</name>
    <message numerus="yes">
        <source>%1: %n token(s)</source>
        <translation>
            <numerusform>%1: %n Token</numerusform>
            <numerusform>%1: %n Tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>step %1 or later</source>
        <translation>Schritt %1 oder später</translation>
    </message>
    <message>
        <source>Enter or a click filters: %1</source>
        <translation>Eingabe oder Klick filtert: %1</translation>
    </message>
    <message>
        <source>Position in the response</source>
        <translation>Position in der Antwort</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Contrastive score</source>
        <translation>Kontrastiver Score</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>Histogramm</translation>
    </message>
    <message>
        <source>Bar</source>
        <translation>Balken</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Anzahl</translation>
    </message>
</context>
<context>
    <name>crux::ui::CorpusDock</name>
    <message>
        <source>Which tokens are counted</source>
        <translation>Welche Tokens gezählt werden</translation>
    </message>
    <message>
        <source>Candidates by s_t</source>
        <translation>Kandidaten nach s_t</translation>
    </message>
    <message>
        <source>Critical tokens</source>
        <translation>Kritische Tokens</translation>
    </message>
    <message>
        <source>Confirmed critical tokens</source>
        <translation>Bestätigte kritische Tokens</translation>
    </message>
    <message>
        <source>Searches of which method</source>
        <translation>Suchen welcher Methode</translation>
    </message>
    <message>
        <source>Which dataset</source>
        <translation>Welcher Datensatz</translation>
    </message>
    <message>
        <source>Trajectories of which model</source>
        <translation>Trajektorien welches Modells</translation>
    </message>
    <message>
        <source>Which score set</source>
        <translation>Welcher Score-Satz</translation>
    </message>
    <message>
        <source>Count only what the filter of the trajectories shows</source>
        <translation>Nur zählen, was der Filter der Trajektorien zeigt</translation>
    </message>
    <message>
        <source>Show the histograms as a table</source>
        <translation>Die Histogramme als Tabelle zeigen</translation>
    </message>
    <message>
        <source>Stop counting</source>
        <translation>Zählen anhalten</translation>
    </message>
    <message>
        <source>Filter by this row</source>
        <translation>Nach dieser Zeile filtern</translation>
    </message>
    <message>
        <source>Most frequent critical tokens</source>
        <translation>Häufigste kritische Tokens</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Histograms as a table</source>
        <translation>Histogramme als Tabelle</translation>
    </message>
    <message>
        <source>What candidates are held against</source>
        <translation>Womit Kandidaten verglichen werden</translation>
    </message>
    <message>
        <source>rollouts</source>
        <translation>Rollouts</translation>
    </message>
    <message>
        <source>confirmed by rollouts</source>
        <translation>durch Rollouts bestätigt</translation>
    </message>
    <message>
        <source>planted slips</source>
        <translation>eingepflanzte Fehler</translation>
    </message>
    <message>
        <source>Candidates against</source>
        <translation>Kandidaten gegen</translation>
    </message>
    <message>
        <source>Agreement of candidates with rollouts</source>
        <translation>Übereinstimmung der Kandidaten mit Rollouts</translation>
    </message>
    <message>
        <source>Agreement needs scores and a search of the same wrong trajectories, or planted slips.</source>
        <translation>Die Übereinstimmung braucht Scores und eine Suche derselben falschen Trajektorien oder eingepflanzte Fehler.</translation>
    </message>
    <message>
        <source>All methods</source>
        <translation>Alle Methoden</translation>
    </message>
    <message>
        <source>All datasets</source>
        <translation>Alle Datensätze</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>Alle Modelle</translation>
    </message>
    <message numerus="yes">
        <source>%n wrong trajectory(s)</source>
        <translation>
            <numerusform>%n falsche Trajektorie</numerusform>
            <numerusform>%n falsche Trajektorien</numerusform>
        </translation>
    </message>
    <message>
        <source>The corpus was not counted</source>
        <translation>Der Korpus wurde nicht gezählt</translation>
    </message>
    <message>
        <source>Undo last filter</source>
        <translation>Letzten Filter zurücknehmen</translation>
    </message>
    <message>
        <source>No candidates</source>
        <translation>Keine Kandidaten</translation>
    </message>
    <message>
        <source>A candidate is a token with a low s_t, and no trajectory is scored yet.</source>
        <translation>Ein Kandidat ist ein Token mit niedrigem s_t, und noch ist keine Trajektorie bewertet.</translation>
    </message>
    <message>
        <source>Score…</source>
        <translation>Bewerten…</translation>
    </message>
    <message>
        <source>No critical tokens</source>
        <translation>Keine kritischen Tokens</translation>
    </message>
    <message>
        <source>Critical tokens are found by rollouts, and no trajectory was searched yet.</source>
        <translation>Kritische Tokens werden durch Rollouts gefunden, und noch wurde keine Trajektorie durchsucht.</translation>
    </message>
    <message>
        <source>Search…</source>
        <translation>Suche…</translation>
    </message>
    <message>
        <source>Only wrong trajectories have candidates.</source>
        <translation>Nur falsche Trajektorien haben Kandidaten.</translation>
    </message>
    <message>
        <source>The searches found none.</source>
        <translation>Die Suchen fanden keine.</translation>
    </message>
    <message>
        <source>Nothing to count</source>
        <translation>Nichts zu zählen</translation>
    </message>
    <message>
        <source>No trajectory of this filter has such a token: %1</source>
        <translation>Keine Trajektorie dieses Filters hat ein solches Token: %1</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist geöffnet.</translation>
    </message>
    <message numerus="yes">
        <source>%n candidate(s)</source>
        <translation>
            <numerusform>%n Kandidat</numerusform>
            <numerusform>%n Kandidaten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n critical token(s)</source>
        <translation>
            <numerusform>%n kritisches Token</numerusform>
            <numerusform>%n kritische Tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n confirmed critical token(s)</source>
        <translation>
            <numerusform>%n bestätigtes kritisches Token</numerusform>
            <numerusform>%n bestätigte kritische Tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 different, in %3 of %4 trajectories</source>
        <translation>%1, davon %2 verschiedene, in %3 von %4 Trajektorien</translation>
    </message>
    <message>
        <source>counting…</source>
        <translation>zählt…</translation>
    </message>
    <message>
        <source>stopped: these are the numbers from before</source>
        <translation>angehalten: das sind die Zahlen von vorher</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Score s_t</source>
        <translation>s_t</translation>
    </message>
</context>
<context>
    <name>crux::ui::CorpusTokenModel</name>
    <message>
        <source>%1 of them in %2 trajectories. Enter or a click filters: %3</source>
        <translation>%1 davon in %2 Trajektorien. Eingabe oder Klick filtert: %3</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>mean s_t</source>
        <translation>mittleres s_t</translation>
    </message>
</context>
<context>
    <name>crux::ui::CurveTableModel</name>
    <message>
        <source>critical token, confirmed</source>
        <translation>kritisches Token, bestätigt</translation>
    </message>
    <message>
        <source>critical token</source>
        <translation>kritisches Token</translation>
    </message>
    <message>
        <source>candidate</source>
        <translation>Kandidat</translation>
    </message>
    <message>
        <source>first all-wrong prefix</source>
        <translation>erstes Präfix mit nur falschen</translation>
    </message>
    <message>
        <source>stopped at a success</source>
        <translation>bei einem Erfolg angehalten</translation>
    </message>
    <message>
        <source>bare prompt</source>
        <translation>bloßer Prompt</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Richtig</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Anteil</translation>
    </message>
    <message>
        <source>Lower end of the 95 % Wilson interval</source>
        <translation>Unteres Ende des 95-%-Wilson-Intervalls</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Unten</translation>
    </message>
    <message>
        <source>Upper end of the 95 % Wilson interval</source>
        <translation>Oberes Ende des 95-%-Wilson-Intervalls</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Oben</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
</context>
<context>
    <name>crux::ui::DataPage</name>
    <message>
        <source>Import…</source>
        <translation>Importieren…</translation>
    </message>
    <message>
        <source>Add model…</source>
        <translation>Modell hinzufügen…</translation>
    </message>
    <message>
        <source>Score…</source>
        <translation>Bewerten…</translation>
    </message>
    <message>
        <source>Show trajectories</source>
        <translation>Trajektorien zeigen</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Suchen…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Entfernen…</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Teil</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>Imported</source>
        <translation>Importiert</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Datasets</source>
        <translation>Datensätze</translation>
    </message>
    <message>
        <source>No project is open</source>
        <translation>Kein Projekt ist offen</translation>
    </message>
    <message>
        <source>Open or make one from the start page.</source>
        <translation>Auf der Startseite lässt sich eines öffnen oder anlegen.</translation>
    </message>
    <message>
        <source>This project is empty</source>
        <translation>Dieses Projekt ist leer</translation>
    </message>
    <message>
        <source>Trajectories come from JSONL or CSV files; the raw text is kept byte for byte.</source>
        <translation>Trajektorien kommen aus JSONL- oder CSV-Dateien; der Rohtext bleibt Byte für Byte erhalten.</translation>
    </message>
    <message>
        <source>Import trajectories…</source>
        <translation>Trajektorien importieren…</translation>
    </message>
    <message>
        <source>The project is open read-only.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet.</translation>
    </message>
    <message>
        <source>Questions of %1, %2</source>
        <translation>Fragen von %1, %2</translation>
    </message>
    <message>
        <source>Choose a model or an adapter first</source>
        <translation>Erst ein Modell oder einen Adapter wählen</translation>
    </message>
    <message>
        <source>Remove the model %1 from the project? Its files stay where they are.</source>
        <translation>Das Modell %1 aus dem Projekt entfernen? Seine Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Remove the adapter %1 from the project? Its files stay where they are.</source>
        <translation>Den Adapter %1 aus dem Projekt entfernen? Seine Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Remove the dataset %1? Its %2 trajectories go with their scores, branches, labels and notes. This cannot be undone.</source>
        <translation>Den Datensatz %1 entfernen? Seine %2 Trajektorien gehen mit ihren Scores, Zweigen, Labels und Notizen verloren. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Sample answers…</source>
        <translation>Antworten ziehen…</translation>
    </message>
    <message>
        <source>Choose training data…</source>
        <translation>Trainingsdaten wählen…</translation>
    </message>
    <message>
        <source>Models, score sets and training data</source>
        <translation>Modelle, Score-Sätze und Trainingsdaten</translation>
    </message>
    <message>
        <source>Copy provenance</source>
        <translation>Herkunft kopieren</translation>
    </message>
    <message>
        <source>The chosen dataset has no question</source>
        <translation>Der gewählte Datensatz hat keine Frage</translation>
    </message>
    <message>
        <source>There are no trajectories yet</source>
        <translation>Es gibt noch keine Trajektorien</translation>
    </message>
    <message>
        <source>Remove the training data %1? Its trajectories stay.</source>
        <translation>Die Trainingsdaten %1 entfernen? Ihre Trajektorien bleiben.</translation>
    </message>
</context>
<context>
    <name>crux::ui::DemoCard</name>
    <message>
        <source>Demo</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>part of the program</source>
        <translation>Teil des Programms</translation>
    </message>
    <message>
        <source>A model of 2.9 million parameters, a positive and a negative adapter, and %1 trajectories of word problems. Their critical tokens are planted, so scores can be checked against the truth; a forced token continues at once on any processor.</source>
        <translation>Ein Modell mit 2,9 Millionen Parametern, ein positiver und ein negativer Adapter und %1 Trajektorien zu Textaufgaben. Ihre kritischen Tokens sind eingepflanzt, so dass sich Scores an der Wahrheit prüfen lassen; ein erzwungenes Token wird auf jedem Prozessor sofort fortgesetzt.</translation>
    </message>
    <message>
        <source>Open demo</source>
        <translation>Demo öffnen</translation>
    </message>
    <message>
        <source>opens a copy, the original stays as it is</source>
        <translation>öffnet eine Kopie, das Original bleibt, wie es ist</translation>
    </message>
    <message>
        <source>Sample of a heat map: the token “was” is critical</source>
        <translation>Beispiel einer Heatmap: Das Token „was“ ist kritisch</translation>
    </message>
    <message>
        <source>Study…</source>
        <translation>Studie…</translation>
    </message>
    <message>
        <source>What methods and detectors measured on the demo</source>
        <translation>Was Verfahren und Detektoren an der Demo ergaben</translation>
    </message>
</context>
<context>
    <name>crux::ui::DemoProject</name>
    <message>
        <source>Building the demo project: %1</source>
        <translation>Baut das Demo-Projekt: %1</translation>
    </message>
    <message>
        <source>Building the demo project, once…</source>
        <translation>Baut das Demo-Projekt, einmalig…</translation>
    </message>
    <message>
        <source>The demo project was not built.</source>
        <translation>Das Demo-Projekt wurde nicht gebaut.</translation>
    </message>
    <message>
        <source>crux-cli did not start: %1.</source>
        <translation>crux-cli startete nicht: %1.</translation>
    </message>
    <message>
        <source>crux-cli ended with exit code %1. Nothing was left behind.</source>
        <translation>crux-cli endete mit Rückgabewert %1. Nichts blieb zurück.</translation>
    </message>
</context>
<context>
    <name>crux::ui::ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Heat map as SVG picture</source>
        <translation>Heatmap als SVG-Bild</translation>
    </message>
    <message>
        <source>Heat map as PNG picture</source>
        <translation>Heatmap als PNG-Bild</translation>
    </message>
    <message>
        <source>Heat map as HTML page</source>
        <translation>Heatmap als HTML-Seite</translation>
    </message>
    <message>
        <source>Heat map as LaTeX fragment</source>
        <translation>Heatmap als LaTeX-Fragment</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>all, or for example verdict=wrong</source>
        <translation>alle, oder zum Beispiel verdict=wrong</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>ids, offsets and s_t of every token</source>
        <translation>ids, Offsets und s_t jedes Tokens</translation>
    </message>
    <message>
        <source>Rows hold</source>
        <translation>Zeilen enthalten</translation>
    </message>
    <message>
        <source>the branches of the chosen trajectories too</source>
        <translation>auch die Zweige der gewählten Trajektorien</translation>
    </message>
    <message>
        <source>File to write</source>
        <translation>Zu schreibende Datei</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>This folder does not exist. Choose one that does.</source>
        <translation>Diesen Ordner gibt es nicht. Bitte einen vorhandenen wählen.</translation>
    </message>
    <message>
        <source>%1 exists and will be replaced</source>
        <translation>%1 ist vorhanden und wird ersetzt</translation>
    </message>
    <message>
        <source>The trajectory is not scored: every token will be hatched</source>
        <translation>Die Trajektorie ist nicht bewertet: jedes Token wird schraffiert</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Schreibt…</translation>
    </message>
    <message>
        <source>No trajectory is shown. Choose one, or export rows.</source>
        <translation>Keine Trajektorie wird gezeigt. Bitte eine wählen oder Zeilen exportieren.</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Bitte eine Datei wählen.</translation>
    </message>
    <message>
        <source>Heat maps of many trajectories as one HTML page</source>
        <translation>Heatmaps vieler Trajektorien als eine HTML-Seite</translation>
    </message>
    <message>
        <source>Heat maps of many trajectories as LaTeX fragments</source>
        <translation>Heatmaps vieler Trajektorien als LaTeX-Stücke</translation>
    </message>
    <message>
        <source>Heat map as PDF page</source>
        <translation>Heatmap als PDF-Seite</translation>
    </message>
    <message>
        <source>as shown</source>
        <translation>wie gezeigt</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>print: grey on white</source>
        <translation>Druck: Grau auf Weiß</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>%1 px</source>
        <translation>%1 px</translation>
    </message>
    <message>
        <source>Lines wrap at this width; text keeps its size</source>
        <translation>Zeilen brechen bei dieser Breite um; die Schrift behält ihre Größe</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>both panes, one below the other</source>
        <translation>beide Felder, untereinander</translation>
    </message>
    <message>
        <source>Panes</source>
        <translation>Felder</translation>
    </message>
    <message>
        <source>the tokens of the prompt too</source>
        <translation>auch die Token des Prompts</translation>
    </message>
    <message>
        <source>With</source>
        <translation>Mit</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Branches</source>
        <translation>Zweige</translation>
    </message>
    <message>
        <source>The name must end in .%1.</source>
        <translation>Der Name muss auf .%1 enden.</translation>
    </message>
    <message>
        <source>The file names the trajectory, score set, layer, palette and scale</source>
        <translation>Die Datei nennt Trajektorie, Score-Satz, Ebene, Palette und Skala</translation>
    </message>
    <message>
        <source>Positive data, prompt and completion (TRL)</source>
        <translation>Positive Daten, Prompt und Fortsetzung (TRL)</translation>
    </message>
    <message>
        <source>Negative data, prompt and completion (TRL)</source>
        <translation>Negative Daten, Prompt und Fortsetzung (TRL)</translation>
    </message>
    <message>
        <source>Preference pairs (TRL)</source>
        <translation>Präferenzpaare (TRL)</translation>
    </message>
    <message>
        <source>Positive and negative data, the authors&apos; JSON</source>
        <translation>Positive und negative Daten, JSON der Autoren</translation>
    </message>
    <message>
        <source>Preference pairs, the authors&apos; JSON</source>
        <translation>Präferenzpaare, JSON der Autoren</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>as shown, with its folds and text size</source>
        <translation>wie gezeigt, mit Faltungen und Textgröße</translation>
    </message>
    <message>
        <source>Preference pairs with scores, the authors&apos; JSON</source>
        <translation>Präferenzpaare mit Werten, JSON der Autoren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message numerus="yes">
        <source>%n rows written to %1</source>
        <translation>
            <numerusform>%n Zeile in %1 geschrieben</numerusform>
            <numerusform>%n Zeilen in %1 geschrieben</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::FilterBar</name>
    <message>
        <source>Undo last filter</source>
        <translation>Letzten Filter zurücknehmen</translation>
    </message>
    <message>
        <source>verdict=wrong and min_s&lt;0.1 …</source>
        <translation>verdict=wrong and min_s&lt;0.1 …</translation>
    </message>
    <message>
        <source>Filter of the trajectories</source>
        <translation>Filter der Trajektorien</translation>
    </message>
    <message>
        <source>Save as slice…</source>
        <translation>Als Ausschnitt speichern…</translation>
    </message>
    <message>
        <source>Columns…</source>
        <translation>Spalten…</translation>
    </message>
    <message>
        <source>Export these rows…</source>
        <translation>Diese Zeilen exportieren…</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Remove this term</source>
        <translation>Diesen Ausdruck entfernen</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
    <message>
        <source>Terms joined with and, or, not; Ctrl+Space lists what may follow. Fields:</source>
        <translation>Terme, verbunden mit and, or, not; Strg+Leertaste zeigt, was folgen kann. Felder:</translation>
    </message>
    <message>
        <source>Understood: Enter applies it.</source>
        <translation>Verstanden: Eingabe wendet es an.</translation>
    </message>
</context>
<context>
    <name>crux::ui::FindBar</name>
    <message>
        <source>Previous match (Shift+Enter)</source>
        <translation>Voriger Treffer (Umschalt+Eingabe)</translation>
    </message>
    <message>
        <source>Next match (Enter)</source>
        <translation>Nächster Treffer (Eingabe)</translation>
    </message>
    <message>
        <source>find in the text</source>
        <translation>im Text suchen</translation>
    </message>
    <message>
        <source>Find in the text</source>
        <translation>Im Text suchen</translation>
    </message>
    <message>
        <source>Match upper and lower case</source>
        <translation>Groß- und Kleinschreibung beachten</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>nicht gefunden</translation>
    </message>
    <message>
        <source>%1 found</source>
        <translation>%1 gefunden</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>crux::ui::FirstSteps</name>
    <message>
        <source>Import trajectories</source>
        <translation>Trajektorien importieren</translation>
    </message>
    <message>
        <source>JSONL or CSV, with a preview</source>
        <translation>JSONL oder CSV, mit Vorschau</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren…</translation>
    </message>
    <message>
        <source>Load models</source>
        <translation>Modelle laden</translation>
    </message>
    <message>
        <source>a base model, a positive and a negative one</source>
        <translation>ein Basismodell, ein positives und ein negatives</translation>
    </message>
    <message>
        <source>Load models…</source>
        <translation>Modelle laden…</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Bewerten</translation>
    </message>
    <message>
        <source>contrastive score s_t of every token</source>
        <translation>kontrastiver Score s_t jedes Tokens</translation>
    </message>
    <message>
        <source>Score…</source>
        <translation>Bewerten…</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>Untersuchen</translation>
    </message>
    <message>
        <source>find the first candidate of a wrong trajectory</source>
        <translation>den ersten Kandidaten einer falschen Trajektorie finden</translation>
    </message>
    <message>
        <source>Next candidate</source>
        <translation>Nächster Kandidat</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Verzweigen</translation>
    </message>
    <message>
        <source>force another token and read the new branch</source>
        <translation>ein anderes Token erzwingen und den neuen Zweig lesen</translation>
    </message>
    <message>
        <source>Alternatives</source>
        <translation>Alternativen</translation>
    </message>
    <message>
        <source>First steps done</source>
        <translation>Erledigte erste Schritte</translation>
    </message>
    <message>
        <source>Hide this list</source>
        <translation>Diese Liste ausblenden</translation>
    </message>
    <message>
        <source>View › Docks brings it back</source>
        <translation>Ansicht › Docks holt sie zurück</translation>
    </message>
    <message>
        <source>%1 of %2 done in</source>
        <translation>%1 von %2 erledigt in</translation>
    </message>
    <message>
        <source>Open or make a project to begin</source>
        <translation>Zum Beginnen ein Projekt öffnen oder anlegen</translation>
    </message>
    <message>
        <source>done</source>
        <translation>erledigt</translation>
    </message>
    <message>
        <source>not done</source>
        <translation>nicht erledigt</translation>
    </message>
</context>
<context>
    <name>crux::ui::ForceBar</name>
    <message>
        <source>own settings</source>
        <translation>eigene Werte</translation>
    </message>
    <message>
        <source>Force and continue</source>
        <translation>Erzwingen und fortsetzen</translation>
    </message>
    <message>
        <source>Put the selected token here and write on from it (Enter)</source>
        <translation>Setzt das gewählte Token hierher und schreibt von da weiter (Eingabe)</translation>
    </message>
    <message>
        <source>Force only</source>
        <translation>Nur erzwingen</translation>
    </message>
    <message>
        <source>Put the selected token here and stop after it (Shift+Enter)</source>
        <translation>Setzt das gewählte Token hierher und hält danach an (Umschalt+Eingabe)</translation>
    </message>
    <message>
        <source>Ban…</source>
        <translation>Sperren…</translation>
    </message>
    <message>
        <source>Forbid the original token here and sample replacements</source>
        <translation>Verbietet das ursprüngliche Token hier und zieht Ersatz</translation>
    </message>
    <message>
        <source>typed text</source>
        <translation>getippter Text</translation>
    </message>
    <message>
        <source>Text to force at the cursor</source>
        <translation>Am Cursor zu erzwingender Text</translation>
    </message>
    <message>
        <source>Force text</source>
        <translation>Text erzwingen</translation>
    </message>
    <message>
        <source>Sampling preset</source>
        <translation>Vorgabe für das Sampling</translation>
    </message>
    <message>
        <source>All sampling settings</source>
        <translation>Alle Sampling-Werte</translation>
    </message>
    <message>
        <source>T</source>
        <translation>T</translation>
    </message>
    <message>
        <source>top-p</source>
        <translation>top-p</translation>
    </message>
    <message>
        <source>top-k</source>
        <translation>top-k</translation>
    </message>
    <message>
        <source>max</source>
        <translation>max</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>No stop strings</source>
        <translation>Keine Stopptexte</translation>
    </message>
    <message>
        <source>Stop strings: %1</source>
        <translation>Stopptexte: %1</translation>
    </message>
    <message>
        <source>Sampling of forced continuations</source>
        <translation>Sampling erzwungener Fortsetzungen</translation>
    </message>
    <message>
        <source>Ban %1 here</source>
        <translation>%1 hier sperren</translation>
    </message>
    <message>
        <source>The model writes on without this token; each sample is a new branch.</source>
        <translation>Das Modell schreibt ohne dieses Token weiter; jede Ziehung ist ein neuer Zweig.</translation>
    </message>
    <message>
        <source>Number of replacements</source>
        <translation>Zahl der Ersetzungen</translation>
    </message>
    <message>
        <source>Ban and sample</source>
        <translation>Sperren und ziehen</translation>
    </message>
    <message>
        <source>Replacements n</source>
        <translation>Ersetzungen n</translation>
    </message>
    <message>
        <source>no leading space: “%1%2” becomes one word</source>
        <translation>ohne Leerzeichen davor: „%1%2“ wird ein Wort</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s): %1</source>
        <translation>
            <numerusform>%n Token: %1</numerusform>
            <numerusform>%n Tokens: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>At temperature 0 all samples are alike; one will do.</source>
        <translation>Bei Temperatur 0 sind alle Ziehungen gleich; eine genügt.</translation>
    </message>
    <message>
        <source>+ %1 rollouts</source>
        <translation>+ %1 Rollouts</translation>
    </message>
    <message>
        <source>Put the selected token here and judge %1 rollouts after it (Ctrl+Enter)</source>
        <translation>Das gewählte Token hier einsetzen und %1 Rollouts danach beurteilen (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>this vocabulary cannot spell all of it: a part becomes %1</source>
        <translation>dieses Vokabular kann nicht alles schreiben: ein Teil wird zu %1</translation>
    </message>
    <message>
        <source>%1. Press again to force it all the same.</source>
        <translation>%1. Noch einmal drücken, um es trotzdem zu erzwingen.</translation>
    </message>
</context>
<context>
    <name>crux::ui::ForceService</name>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist offen.</translation>
    </message>
    <message>
        <source>Branch %1 is being written. Stop it, or force another token when it ends.</source>
        <translation>Zweig %1 wird gerade geschrieben. Er lässt sich anhalten; danach kann ein weiteres Token erzwungen werden.</translation>
    </message>
    <message>
        <source>No trajectory is open.</source>
        <translation>Keine Trajektorie ist offen.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Forcing a token needs a model; this project has none.</source>
        <translation>Ein Token zu erzwingen braucht ein Modell; dieses Projekt hat keines.</translation>
    </message>
    <message>
        <source>This trajectory is not tokenised yet. Scoring it does that.</source>
        <translation>Diese Trajektorie ist noch nicht in Tokens zerlegt. Das Bewerten tut das.</translation>
    </message>
    <message>
        <source>No model of this project has this trajectory&apos;s tokenizer.</source>
        <translation>Kein Modell dieses Projekts hat den Tokenizer dieser Trajektorie.</translation>
    </message>
    <message>
        <source>The worker is not running. %1</source>
        <translation>Der Worker läuft nicht. %1</translation>
    </message>
    <message>
        <source>The token was not forced.</source>
        <translation>Das Token wurde nicht erzwungen.</translation>
    </message>
    <message>
        <source>Choose a token of the trajectory.</source>
        <translation>Bitte ein Token der Trajektorie wählen.</translation>
    </message>
    <message>
        <source>The branch was not finished.</source>
        <translation>Der Zweig wurde nicht fertig.</translation>
    </message>
    <message>
        <source>Branches %1 to %2 are being written. Stop them, or force another token when they end.</source>
        <translation>Die Zweige %1 bis %2 werden gerade geschrieben. Halten Sie sie an, oder erzwingen Sie ein anderes Token, wenn sie enden.</translation>
    </message>
    <message>
        <source>The stored token ids do not spell this trajectory&apos;s text.</source>
        <translation>Die gespeicherten Token-Ids ergeben nicht den Text dieser Trajektorie.</translation>
    </message>
    <message>
        <source>The folder of %1 is not where it was. Nothing stored is affected.</source>
        <translation>Der Ordner von %1 ist nicht mehr, wo er war. Gespeichertes ist nicht betroffen.</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Suchen…</translation>
    </message>
</context>
<context>
    <name>crux::ui::ForkListModel</name>
    <message>
        <source>%1  %2/%3</source>
        <translation>%1  %2/%3</translation>
    </message>
    <message>
        <source>The replacement whose share of right branches is surest (lower end of the 95 % interval), with right of all</source>
        <translation>Der Ersatz, dessen Anteil richtiger Zweige am sichersten ist (unteres Ende des 95-%-Intervalls), mit richtigen von allen</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Children</source>
        <translation>Kinder</translation>
    </message>
    <message>
        <source>Right branches of all that leave here</source>
        <translation>Richtige Zweige von allen, die hier abgehen</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Beste</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Richtig</translation>
    </message>
</context>
<context>
    <name>crux::ui::FormDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>crux::ui::HeatMapActions</name>
    <message>
        <source>Previous token</source>
        <translation>Voriges Token</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>Nächstes Token</translation>
    </message>
    <message>
        <source>Previous word</source>
        <translation>Voriges Wort</translation>
    </message>
    <message>
        <source>Next word</source>
        <translation>Nächstes Wort</translation>
    </message>
    <message>
        <source>Line up</source>
        <translation>Zeile nach oben</translation>
    </message>
    <message>
        <source>Line down</source>
        <translation>Zeile nach unten</translation>
    </message>
    <message>
        <source>Start of line</source>
        <translation>Zeilenanfang</translation>
    </message>
    <message>
        <source>End of line</source>
        <translation>Zeilenende</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>Erstes Token</translation>
    </message>
    <message>
        <source>Last token</source>
        <translation>Letztes Token</translation>
    </message>
    <message>
        <source>Next candidate</source>
        <translation>Nächster Kandidat</translation>
    </message>
    <message>
        <source>Previous candidate</source>
        <translation>Voriger Kandidat</translation>
    </message>
    <message>
        <source>Next fork</source>
        <translation>Nächste Gabelung</translation>
    </message>
    <message>
        <source>Previous fork</source>
        <translation>Vorige Gabelung</translation>
    </message>
    <message>
        <source>Alternatives of this token</source>
        <translation>Alternativen dieses Tokens</translation>
    </message>
    <message>
        <source>Agree: this is the error</source>
        <translation>Zustimmen: hier ist der Fehler</translation>
    </message>
    <message>
        <source>Reject: this is no error</source>
        <translation>Ablehnen: hier ist kein Fehler</translation>
    </message>
    <message>
        <source>The error is elsewhere</source>
        <translation>Der Fehler ist anderswo</translation>
    </message>
    <message>
        <source>Bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation>Text kopieren</translation>
    </message>
    <message>
        <source>Next layer</source>
        <translation>Nächste Ebene</translation>
    </message>
    <message>
        <source>Token, word or step</source>
        <translation>Token, Wort oder Schritt</translation>
    </message>
    <message>
        <source>Show blanks</source>
        <translation>Leerzeichen zeigen</translation>
    </message>
    <message>
        <source>Lower threshold</source>
        <translation>Schwelle senken</translation>
    </message>
    <message>
        <source>Higher threshold</source>
        <translation>Schwelle heben</translation>
    </message>
    <message>
        <source>Fold or unfold this step</source>
        <translation>Diesen Schritt ein- oder ausklappen</translation>
    </message>
    <message>
        <source>Fold or unfold all steps</source>
        <translation>Alle Schritte ein- oder ausklappen</translation>
    </message>
    <message>
        <source>Comment…</source>
        <translation>Kommentar…</translation>
    </message>
    <message>
        <source>Search critical token by rollouts</source>
        <translation>Kritisches Token durch Rollouts suchen</translation>
    </message>
    <message>
        <source>Rollouts at the candidates or the selection</source>
        <translation>Rollouts an den Kandidaten oder der Auswahl</translation>
    </message>
    <message>
        <source>Use as the extracted answer</source>
        <translation>Als gefundene Antwort nehmen</translation>
    </message>
    <message>
        <source>Copy provenance</source>
        <translation>Herkunft kopieren</translation>
    </message>
    <message>
        <source>Values as a table…</source>
        <translation>Werte als Tabelle…</translation>
    </message>
    <message>
        <source>Proportional text</source>
        <translation>Proportionale Schrift</translation>
    </message>
</context>
<context>
    <name>crux::ui::HeatMapBanner</name>
    <message>
        <source>Its token ids belong to a tokenizer that no model here has. Stored values are shown; no token can be forced.</source>
        <translation>Seine Token-Ids gehören zu einem Tokenizer, den kein Modell hier hat. Gespeicherte Werte werden gezeigt; erzwingen lässt sich kein Token.</translation>
    </message>
    <message>
        <source>The stored token ids do not spell its text. Values may stand under the wrong words; no token can be forced.</source>
        <translation>Die gespeicherten Token-Ids ergeben nicht den Text. Werte stehen vielleicht unter den falschen Wörtern; erzwingen lässt sich kein Token.</translation>
    </message>
    <message>
        <source>The stored scores belong to other tokens than these and are not shown.</source>
        <translation>Die gespeicherten Scores gehören zu anderen Tokens als diesen und werden nicht gezeigt.</translation>
    </message>
    <message>
        <source>Tokenise again…</source>
        <translation>Neu zerlegen…</translation>
    </message>
    <message>
        <source>Scores it with new tokens, made by the model you choose</source>
        <translation>Bewertet sie mit neuen Tokens des gewählten Modells</translation>
    </message>
    <message>
        <source>This trajectory has no scores in the set shown.</source>
        <translation>Diese Trajektorie hat im gezeigten Satz keine Scores.</translation>
    </message>
    <message>
        <source>These trajectories have no scores. The heat map shows s_t once a positive and a negative model have read them.</source>
        <translation>Diese Trajektorien haben keine Scores. Die Heatmap zeigt s_t, sobald ein positives und ein negatives Modell sie gelesen haben.</translation>
    </message>
    <message>
        <source>About %1.</source>
        <translation>Etwa %1.</translation>
    </message>
    <message>
        <source>Score…</source>
        <translation>Bewerten…</translation>
    </message>
    <message>
        <source>Score %1 trajectories…</source>
        <translation>%1 Trajektorien bewerten…</translation>
    </message>
    <message>
        <source>Several answers stand in this response, and its verdict depends on which one counts. The answer is:</source>
        <translation>In dieser Lösung stehen mehrere Antworten, und ihr Urteil hängt davon ab, welche gilt. Die Antwort ist:</translation>
    </message>
    <message>
        <source>Grade the response by this answer. Any other place can be chosen in the text with Ctrl+B.</source>
        <translation>Bewertet die Lösung nach dieser Antwort. Jede andere Stelle lässt sich im Text mit Strg+B wählen.</translation>
    </message>
    <message>
        <source>The answer is %1</source>
        <translation>Die Antwort ist %1</translation>
    </message>
    <message>
        <source>It was imported as token ids whose texts no model here knows. The model you choose tokenises its text and scores it.</source>
        <translation>Sie wurde als Token-IDs importiert, deren Texte hier kein Modell kennt. Das Modell, das Sie wählen, zerlegt und bewertet ihren Text.</translation>
    </message>
</context>
<context>
    <name>crux::ui::HeatMapPane</name>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop and keep what is written (Esc)</source>
        <translation>Anhalten und Geschriebenes behalten (Esc)</translation>
    </message>
    <message>
        <source>Esc keeps it</source>
        <translation>Esc behält es</translation>
    </message>
</context>
<context>
    <name>crux::ui::HeatMapView</name>
    <message>
        <source>No trajectory open</source>
        <translation>Keine Trajektorie offen</translation>
    </message>
    <message>
        <source>Choose a row in Trajectories to see its tokens with their scores.</source>
        <translation>Eine Zeile unter Trajektorien wählen, um ihre Tokens mit ihren Scores zu sehen.</translation>
    </message>
    <message>
        <source>1st percentile of the data set</source>
        <translation>1. Perzentil des Datensatzes</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Ebene</translation>
    </message>
    <message>
        <source>What the cells are coloured by (V)</source>
        <translation>Wonach die Zellen gefärbt sind (V)</translation>
    </message>
    <message>
        <source>Underline</source>
        <translation>Unterstrich</translation>
    </message>
    <message>
        <source>A second layer as a line below the cells</source>
        <translation>Eine zweite Ebene als Linie unter den Zellen</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Word</source>
        <translation>Wort</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Colour by token, by the hottest token of a word, or of a step (G)</source>
        <translation>Nach Token färben, nach dem heißesten Token eines Wortes oder eines Schritts (G)</translation>
    </message>
    <message>
        <source>Scroll both panes together</source>
        <translation>Beide Bereiche gemeinsam rollen</translation>
    </message>
    <message>
        <source>Show blanks (W)</source>
        <translation>Leerzeichen zeigen (W)</translation>
    </message>
    <message>
        <source>Smaller text (Ctrl+-)</source>
        <translation>Kleinerer Text (Strg+-)</translation>
    </message>
    <message>
        <source>Larger text (Ctrl++)</source>
        <translation>Größerer Text (Strg++)</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 Token</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Tokens</translation>
    </message>
    <message>
        <source>main path</source>
        <translation>Hauptpfad</translation>
    </message>
    <message>
        <source>branch %1</source>
        <translation>Zweig %1</translation>
    </message>
    <message>
        <source>new branch</source>
        <translation>neuer Zweig</translation>
    </message>
    <message>
        <source>%1 replaced by %2 at %3</source>
        <translation>%1 ersetzt durch %2 bei %3</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Tokens/s</translation>
    </message>
    <message>
        <source>Compare two branches (D in Branches); again to close</source>
        <translation>Zwei Zweige vergleichen (D in „Zweige“); noch einmal schließt</translation>
    </message>
    <message>
        <source>%2 against %1 at %3</source>
        <translation>%2 gegen %1 bei %3</translation>
    </message>
    <message>
        <source>Values as a table (Ctrl+T)</source>
        <translation>Werte als Tabelle (Strg+T)</translation>
    </message>
</context>
<context>
    <name>crux::ui::HoverCard</name>
    <message>
        <source>position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>rank pos</source>
        <translation>Rang pos</translation>
    </message>
    <message>
        <source>rank neg</source>
        <translation>Rang neg</translation>
    </message>
</context>
<context>
    <name>crux::ui::Icicle</name>
    <message>
        <source>Next tokens</source>
        <translation>Nächste Tokens</translation>
    </message>
    <message>
        <source>p %1</source>
        <translation>p %1</translation>
    </message>
    <message>
        <source>stored alternatives</source>
        <translation>gespeicherte Alternativen</translation>
    </message>
    <message>
        <source>share of the rollouts</source>
        <translation>Anteil der Rollouts</translation>
    </message>
    <message>
        <source>asked of the model</source>
        <translation>vom Modell erfragt</translation>
    </message>
    <message>
        <source>the trajectory&apos;s own token</source>
        <translation>das eigene Token der Trajektorie</translation>
    </message>
    <message>
        <source>%1 of %2 rollouts right (%3 – %4)</source>
        <translation>%1 von %2 Rollouts richtig (%3 – %4)</translation>
    </message>
    <message>
        <source>the text ends here</source>
        <translation>der Text endet hier</translation>
    </message>
    <message>
        <source>Enter asks what follows</source>
        <translation>Eingabe fragt, was folgt</translation>
    </message>
    <message>
        <source>%1 of %2 right</source>
        <translation>%1 von %2 richtig</translation>
    </message>
</context>
<context>
    <name>crux::ui::ImportDialog</name>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Gold answer</source>
        <translation>Gold-Antwort</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Question id</source>
        <translation>Fragen-id</translation>
    </message>
    <message>
        <source>Source model</source>
        <translation>Quellmodell</translation>
    </message>
    <message>
        <source>Import trajectories</source>
        <translation>Trajektorien importieren</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Files to import</source>
        <translation>Zu importierende Dateien</translation>
    </message>
    <message>
        <source>Trajectories (*.jsonl *.json *.csv *.tsv *.txt);;All files (*)</source>
        <translation>Trajektorien (*.jsonl *.json *.csv *.tsv *.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>found by looking at the files</source>
        <translation>an den Dateien erkannt</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>name of the first file</source>
        <translation>Name der ersten Datei</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>Prompt template</source>
        <translation>Prompt-Vorlage</translation>
    </message>
    <message>
        <source>put around a question where a row has no prompt of its own</source>
        <translation>um die Frage gelegt, wo eine Zeile keinen eigenen Prompt hat</translation>
    </message>
    <message>
        <source>GSM8K answers</source>
        <translation>GSM8K-Antworten</translation>
    </message>
    <message>
        <source>MATH answers</source>
        <translation>MATH-Antworten</translation>
    </message>
    <message>
        <source>no grading</source>
        <translation>ohne Bewertung der Antwort</translation>
    </message>
    <message>
        <source>Grading</source>
        <translation>Antwortprüfung</translation>
    </message>
    <message>
        <source>keep the good lines, report the bad ones</source>
        <translation>gute Zeilen behalten, schlechte melden</translation>
    </message>
    <message>
        <source>refuse the whole import</source>
        <translation>den ganzen Import ablehnen</translation>
    </message>
    <message>
        <source>Bad lines</source>
        <translation>Schlechte Zeilen</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>First rows</source>
        <translation>Erste Zeilen</translation>
    </message>
    <message>
        <source>Rejected rows</source>
        <translation>Abgelehnte Zeilen</translation>
    </message>
    <message>
        <source>The raw text of every response is kept byte for byte.</source>
        <translation>Der Rohtext jeder Antwort bleibt Byte für Byte erhalten.</translation>
    </message>
    <message>
        <source>%1 is not there. Choose an existing file.</source>
        <translation>%1 ist nicht da. Bitte eine vorhandene Datei wählen.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>by its name</source>
        <translation>nach ihrem Namen</translation>
    </message>
    <message>
        <source>%1 → %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation>%1 Zeilen</translation>
    </message>
    <message>
        <source>the first %1 rows were looked at</source>
        <translation>die ersten %1 Zeilen wurden angesehen</translation>
    </message>
    <message>
        <source>%1 would be rejected:</source>
        <translation>%1 würden abgelehnt:</translation>
    </message>
    <message>
        <source>none rejected</source>
        <translation>keine abgelehnt</translation>
    </message>
    <message>
        <source>Kind %1 · %2</source>
        <translation>Art %1 · %2</translation>
    </message>
    <message>
        <source>%1, line %2: %3</source>
        <translation>%1, Zeile %2: %3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>The project is open read-only: nothing can be imported.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: nichts kann importiert werden.</translation>
    </message>
    <message>
        <source>Choose one or more files.</source>
        <translation>Bitte eine oder mehrere Dateien wählen.</translation>
    </message>
    <message>
        <source>Looking at the files…</source>
        <translation>Sieht die Dateien an…</translation>
    </message>
    <message>
        <source>The files cannot be imported as they are.</source>
        <translation>So, wie sie sind, lassen sich die Dateien nicht importieren.</translation>
    </message>
    <message>
        <source>No row can be imported. Map the columns, or choose another kind.</source>
        <translation>Keine Zeile lässt sich importieren. Bitte die Spalten zuordnen oder eine andere Art wählen.</translation>
    </message>
    <message>
        <source>Bad lines are refused, and there are some.</source>
        <translation>Schlechte Zeilen werden abgelehnt, und es gibt welche.</translation>
    </message>
    <message>
        <source>%1 to read, as a job that can be cancelled</source>
        <translation>%1 zu lesen, als Auftrag, der sich abbrechen lässt</translation>
    </message>
    <message>
        <source>import %1</source>
        <translation>Import %1</translation>
    </message>
    <message>
        <source>Folder of the tokenizer</source>
        <translation>Ordner des Tokenizers</translation>
    </message>
    <message>
        <source>that of the project&apos;s models</source>
        <translation>der der Modelle des Projekts</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>needed where files name tokens by their text; a folder or a registered model</source>
        <translation>nötig, wo Dateien Tokens mit ihrem Text nennen; ein Ordner oder ein bekanntes Modell</translation>
    </message>
    <message>
        <source>There is no such folder, and no registered model of this name.</source>
        <translation>Es gibt keinen solchen Ordner und kein bekanntes Modell dieses Namens.</translation>
    </message>
    <message>
        <source>This folder holds no tokenizer.model, tokenizer.json or vocab.json with merges.txt.</source>
        <translation>Dieser Ordner enthält kein tokenizer.model, tokenizer.json oder vocab.json mit merges.txt.</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>These files name tokens by their text: choose the tokenizer that made them.</source>
        <translation>Diese Dateien nennen Tokens mit ihrem Text: bitte den Tokenizer wählen, der sie gemacht hat.</translation>
    </message>
    <message>
        <source>The first rows stand here once files are chosen.</source>
        <translation>Die ersten Zeilen stehen hier, sobald Dateien gewählt sind.</translation>
    </message>
</context>
<context>
    <name>crux::ui::JobModel</name>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Tokens/s</source>
        <translation>Tokens/s</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>Restzeit</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Waits for job %1, “%2”: %3</source>
        <translation>Wartet auf Auftrag %1, „%2“: %3</translation>
    </message>
    <message>
        <source>Waits for job %1, “%2”: %3. Resume that one, or cancel this one.</source>
        <translation>Wartet auf Auftrag %1, „%2“: %3. Jenen fortsetzen oder diesen abbrechen.</translation>
    </message>
    <message>
        <source>After %1</source>
        <translation>Nach %1</translation>
    </message>
</context>
<context>
    <name>crux::ui::JobPill</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n läuft</numerusform>
            <numerusform>%n laufen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queued</source>
        <translation>
            <numerusform>%n wartet</numerusform>
            <numerusform>%n warten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n gescheitert</numerusform>
            <numerusform>%n gescheitert</numerusform>
        </translation>
    </message>
    <message>
        <source>no job running</source>
        <translation>kein Auftrag läuft</translation>
    </message>
    <message>
        <source>Jobs (%1)</source>
        <translation>Aufträge (%1)</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>crux::ui::JobsDock</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Force stop</source>
        <translation>Sofort beenden</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Verdoppeln</translation>
    </message>
    <message>
        <source>Copy as command line</source>
        <translation>Als Befehlszeile kopieren</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>No jobs are waiting</source>
        <translation>Keine Aufträge warten</translation>
    </message>
    <message>
        <source>Imports and scoring are queued and shown here.</source>
        <translation>Importe und Bewertungen werden hier eingereiht und gezeigt.</translation>
    </message>
    <message>
        <source>Score…</source>
        <translation>Bewerten…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren…</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist offen.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Offered when a job has not stopped for 30 s.</source>
        <translation>Wird angeboten, wenn ein Auftrag 30 s lang nicht angehalten hat.</translation>
    </message>
    <message>
        <source>The job was not resumed.</source>
        <translation>Der Auftrag wurde nicht fortgesetzt.</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Stop and save</source>
        <translation>Anhalten und sichern</translation>
    </message>
    <message>
        <source>Earlier in the queue (Alt+Shift+Up)</source>
        <translation>In der Schlange nach vorn (Alt+Umschalt+Auf)</translation>
    </message>
    <message>
        <source>Later in the queue (Alt+Shift+Down)</source>
        <translation>In der Schlange nach hinten (Alt+Umschalt+Ab)</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Aus der Liste entfernen</translation>
    </message>
    <message>
        <source>No job is selected.</source>
        <translation>Es ist kein Auftrag gewählt.</translation>
    </message>
    <message>
        <source>The job is neither running nor queued.</source>
        <translation>Der Auftrag läuft nicht und wartet nicht.</translation>
    </message>
    <message>
        <source>The job is not stopped.</source>
        <translation>Der Auftrag ist nicht angehalten.</translation>
    </message>
    <message>
        <source>The job is not running.</source>
        <translation>Der Auftrag läuft nicht.</translation>
    </message>
    <message>
        <source>Only queued jobs have a place in the queue.</source>
        <translation>Nur wartende Aufträge haben einen Platz in der Schlange.</translation>
    </message>
    <message>
        <source>The job is the first of the queue.</source>
        <translation>Der Auftrag ist der erste der Schlange.</translation>
    </message>
    <message>
        <source>The job is the last of the queue.</source>
        <translation>Der Auftrag ist der letzte der Schlange.</translation>
    </message>
    <message>
        <source>The job is running.</source>
        <translation>Der Auftrag läuft.</translation>
    </message>
    <message>
        <source>Pause the job</source>
        <translation>Auftrag pausieren</translation>
    </message>
    <message>
        <source>Resume the job</source>
        <translation>Auftrag fortsetzen</translation>
    </message>
    <message>
        <source>Stop or cancel the job</source>
        <translation>Auftrag anhalten oder abbrechen</translation>
    </message>
    <message>
        <source>Earlier in the queue</source>
        <translation>In der Schlange nach vorn</translation>
    </message>
    <message>
        <source>Later in the queue</source>
        <translation>In der Schlange nach hinten</translation>
    </message>
    <message>
        <source>Duplicate the job</source>
        <translation>Auftrag verdoppeln</translation>
    </message>
    <message>
        <source>Copy the job as command line</source>
        <translation>Auftrag als Befehlszeile kopieren</translation>
    </message>
    <message>
        <source>Remove the job from the list</source>
        <translation>Auftrag aus der Liste entfernen</translation>
    </message>
    <message>
        <source>Start again:</source>
        <translation>Neu starten:</translation>
    </message>
    <message>
        <source>Another job waits for this one.</source>
        <translation>Ein anderer Auftrag wartet auf diesen.</translation>
    </message>
    <message>
        <source>Only training offers this yet.</source>
        <translation>Das bietet bisher nur das Training.</translation>
    </message>
    <message>
        <source>Start again with changes…</source>
        <translation>Mit Änderungen neu starten…</translation>
    </message>
    <message>
        <source>Open metrics</source>
        <translation>Metriken öffnen</translation>
    </message>
    <message>
        <source>Only training has metrics.</source>
        <translation>Nur Trainings haben Metriken.</translation>
    </message>
    <message>
        <source>Open the job&apos;s metrics</source>
        <translation>Metriken des Auftrags öffnen</translation>
    </message>
</context>
<context>
    <name>crux::ui::KeyTable</name>
    <message>
        <source>Default: %1</source>
        <translation>Vorgabe: %1</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
</context>
<context>
    <name>crux::ui::LocateModelDialog</name>
    <message>
        <source>Locate %1</source>
        <translation>%1 suchen</translation>
    </message>
    <message>
        <source>Use this folder</source>
        <translation>Diesen Ordner nehmen</translation>
    </message>
    <message>
        <source>%1 is no longer at %2. Stored scores and branches are not affected.</source>
        <translation>%1 ist nicht mehr unter %2. Gespeicherte Scores und Zweige sind nicht betroffen.</translation>
    </message>
    <message>
        <source>Where %1 is now</source>
        <translation>Wo %1 jetzt ist</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>The weights are the same as before.</source>
        <translation>Die Gewichte sind dieselben wie zuvor.</translation>
    </message>
    <message>
        <source>The weights differ from those the stored scores were made with. New scores and branches would not be comparable.</source>
        <translation>Die Gewichte unterscheiden sich von denen, mit denen die gespeicherten Scores entstanden. Neue Scores und Zweige wären nicht vergleichbar.</translation>
    </message>
    <message>
        <source>Use it all the same</source>
        <translation>Trotzdem nehmen</translation>
    </message>
    <message>
        <source>Reading the weights to compare them…</source>
        <translation>Liest die Gewichte, um sie zu vergleichen…</translation>
    </message>
    <message>
        <source>Choose the folder.</source>
        <translation>Bitte den Ordner wählen.</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
</context>
<context>
    <name>crux::ui::MainWindow</name>
    <message numerus="yes">
        <source>Branch: %n token(s) written. Esc stops and keeps it.</source>
        <translation>
            <numerusform>Zweig: %n Token geschrieben. Esc hält an und behält ihn.</numerusform>
            <numerusform>Zweig: %n Tokens geschrieben. Esc hält an und behält ihn.</numerusform>
        </translation>
    </message>
    <message>
        <source>Stored data are safe; unfinished jobs can be resumed.</source>
        <translation>Gespeicherte Daten sind sicher; unfertige Aufträge lassen sich fortsetzen.</translation>
    </message>
    <message>
        <source>Problems (%1)</source>
        <translation>Probleme (%1)</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>%1 is open.</source>
        <translation>%1 ist offen.</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>Erkunden</translation>
    </message>
    <message>
        <source>trajectory %1</source>
        <translation>Trajektorie %1</translation>
    </message>
    <message>
        <source>, branch at %1</source>
        <translation>, Zweig bei %1</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist offen.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>No trajectory is open.</source>
        <translation>Keine Trajektorie ist offen.</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Crux projects (*.crux);;All files (*)</source>
        <translation>Crux-Projekte (*.crux);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>New project…</source>
        <translation>Neues Projekt…</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen…</translation>
    </message>
    <message>
        <source>Open the demo</source>
        <translation>Demo öffnen</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren…</translation>
    </message>
    <message>
        <source>Export view…</source>
        <translation>Ansicht exportieren…</translation>
    </message>
    <message>
        <source>Written: %1</source>
        <translation>Geschrieben: %1</translation>
    </message>
    <message>
        <source>Close project</source>
        <translation>Projekt schließen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>A menu is open.</source>
        <translation>Ein Menü ist offen.</translation>
    </message>
    <message>
        <source>Nothing to undo.</source>
        <translation>Nichts rückgängig zu machen.</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Nothing to redo.</source>
        <translation>Nichts zu wiederholen.</translation>
    </message>
    <message>
        <source>Undo %1</source>
        <translation>Rückgängig: %1</translation>
    </message>
    <message>
        <source>Redo %1</source>
        <translation>Wiederholen: %1</translation>
    </message>
    <message>
        <source>Filter trajectories</source>
        <translation>Trajektorien filtern</translation>
    </message>
    <message>
        <source>Undo last filter</source>
        <translation>Letzten Filter zurücknehmen</translation>
    </message>
    <message>
        <source>No filter was set before.</source>
        <translation>Vorher war kein Filter gesetzt.</translation>
    </message>
    <message>
        <source>Reset the filter</source>
        <translation>Filter zurücksetzen</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>This perspective comes with evaluations.</source>
        <translation>Diese Perspektive kommt mit den Auswertungen.</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Zoom 100 %</source>
        <translation>Größe 100 %</translation>
    </message>
    <message>
        <source>Focus mode</source>
        <translation>Fokusmodus</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Command palette…</source>
        <translation>Befehlspalette…</translation>
    </message>
    <message>
        <source>Go to question or trajectory…</source>
        <translation>Zu Frage oder Trajektorie…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Nothing was open before.</source>
        <translation>Vorher war nichts offen.</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vorwärts</translation>
    </message>
    <message>
        <source>This is the newest place.</source>
        <translation>Das ist die neueste Stelle.</translation>
    </message>
    <message>
        <source>Next trajectory</source>
        <translation>Nächste Trajektorie</translation>
    </message>
    <message>
        <source>Previous trajectory</source>
        <translation>Vorige Trajektorie</translation>
    </message>
    <message>
        <source>Next dock</source>
        <translation>Nächstes Dock</translation>
    </message>
    <message>
        <source>Go to position</source>
        <translation>Zu Position</translation>
    </message>
    <message>
        <source>Position in the response, 1 to %1</source>
        <translation>Position in der Antwort, 1 bis %1</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Force the chosen token and continue</source>
        <translation>Gewähltes Token erzwingen und fortsetzen</translation>
    </message>
    <message>
        <source>Force the chosen token only</source>
        <translation>Gewähltes Token nur erzwingen</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Verzweigen</translation>
    </message>
    <message>
        <source>Stop writing the branch</source>
        <translation>Schreiben des Zweigs anhalten</translation>
    </message>
    <message>
        <source>No branch is being written.</source>
        <translation>Kein Zweig wird geschrieben.</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Score…</source>
        <translation>Bewerten…</translation>
    </message>
    <message>
        <source>The project has no trajectories yet.</source>
        <translation>Das Projekt hat noch keine Trajektorien.</translation>
    </message>
    <message>
        <source>Models and adapters…</source>
        <translation>Modelle und Adapter…</translation>
    </message>
    <message>
        <source>Show jobs</source>
        <translation>Aufträge zeigen</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>Keys…</source>
        <translation>Tasten…</translation>
    </message>
    <message>
        <source>About Crux</source>
        <translation>Über Crux</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>Token inspector</source>
        <translation>Token-Inspektor</translation>
    </message>
    <message>
        <source>Branches</source>
        <translation>Zweige</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>Erste Schritte</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Go to question or trajectory</source>
        <translation>Zu Frage oder Trajektorie</translation>
    </message>
    <message numerus="yes">
        <source>%1 branches: %n token(s) written. Esc stops and keeps them.</source>
        <translation>
            <numerusform>%1 Zweige: %n Token geschrieben. Esc hält an und behält sie.</numerusform>
            <numerusform>%1 Zweige: %n Token geschrieben. Esc hält an und behält sie.</numerusform>
        </translation>
    </message>
    <message>
        <source>What was written is stored.</source>
        <translation>Was geschrieben wurde, ist gespeichert.</translation>
    </message>
    <message>
        <source>, two branches compared</source>
        <translation>, zwei Zweige im Vergleich</translation>
    </message>
    <message>
        <source>Find in view…</source>
        <translation>In der Ansicht suchen…</translation>
    </message>
    <message>
        <source>Nothing is searched for.</source>
        <translation>Es wird nach nichts gesucht.</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>Weitersuchen</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>Rückwärts weitersuchen</translation>
    </message>
    <message>
        <source>Go to position or row…</source>
        <translation>Zu Position oder Zeile…</translation>
    </message>
    <message>
        <source>Go to row</source>
        <translation>Zu Zeile</translation>
    </message>
    <message>
        <source>Row of the table, 1 to %1</source>
        <translation>Zeile der Tabelle, 1 bis %1</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>Kopie speichern</translation>
    </message>
    <message>
        <source>%1 copy</source>
        <translation>%1 Kopie</translation>
    </message>
    <message>
        <source>Crux projects (*.crux)</source>
        <translation>Crux-Projekte (*.crux)</translation>
    </message>
    <message>
        <source>This is the open project itself; everything in it is stored.</source>
        <translation>Das ist das geöffnete Projekt selbst; alles darin ist gespeichert.</translation>
    </message>
    <message>
        <source>Copying the project…</source>
        <translation>Kopiert das Projekt…</translation>
    </message>
    <message>
        <source>Everything is stored as you work. A copy of it: %1</source>
        <translation>Alles wird beim Arbeiten gespeichert. Eine Kopie davon: %1</translation>
    </message>
    <message>
        <source>No copy was made.</source>
        <translation>Es wurde keine Kopie gemacht.</translation>
    </message>
    <message>
        <source>Second window of this project</source>
        <translation>Zweites Fenster dieses Projekts</translation>
    </message>
    <message>
        <source>Save a copy…</source>
        <translation>Kopie speichern…</translation>
    </message>
    <message>
        <source>Verdict by hand: right</source>
        <translation>Urteil von Hand: richtig</translation>
    </message>
    <message>
        <source>Verdict by hand: wrong</source>
        <translation>Urteil von Hand: falsch</translation>
    </message>
    <message>
        <source>Verdict by hand: no answer</source>
        <translation>Urteil von Hand: keine Antwort</translation>
    </message>
    <message>
        <source>Verdict as graded</source>
        <translation>Urteil wie benotet</translation>
    </message>
    <message>
        <source>Filter: candidates with this token</source>
        <translation>Filter: Kandidaten mit diesem Token</translation>
    </message>
    <message>
        <source>Filter: critical tokens like this one</source>
        <translation>Filter: kritische Tokens wie dieses</translation>
    </message>
    <message>
        <source>Filter: responses with this text</source>
        <translation>Filter: Antworten mit diesem Text</translation>
    </message>
    <message>
        <source>Sample answers…</source>
        <translation>Antworten ziehen…</translation>
    </message>
    <message>
        <source>The project has no questions yet.</source>
        <translation>Das Projekt hat noch keine Fragen.</translation>
    </message>
    <message>
        <source>Choose training data…</source>
        <translation>Trainingsdaten wählen…</translation>
    </message>
    <message>
        <source>Candidate %1: the error is elsewhere. E on another token says where.</source>
        <translation>Kandidat %1: der Fehler ist anderswo. E auf einem anderen Token sagt, wo.</translation>
    </message>
    <message>
        <source>The error is at %1, elsewhere than the candidates.</source>
        <translation>Der Fehler ist bei %1, anderswo als die Kandidaten.</translation>
    </message>
    <message>
        <source>%1, tokenised again</source>
        <translation>%1, neu zerlegt</translation>
    </message>
    <message>
        <source>%1 is not where it was.</source>
        <translation>%1 ist nicht mehr, wo es war.</translation>
    </message>
    <message>
        <source>Everything stored can be read; forcing and scoring need it.</source>
        <translation>Alles Gespeicherte ist lesbar; Erzwingen und Bewerten brauchen es.</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Suchen…</translation>
    </message>
    <message>
        <source>The provenance of trajectory %1 is in the clipboard.</source>
        <translation>Die Herkunft von Trajektorie %1 ist in der Zwischenablage.</translation>
    </message>
    <message>
        <source>Corpus</source>
        <translation>Korpus</translation>
    </message>
    <message>
        <source>Rollouts</source>
        <translation>Rollouts</translation>
    </message>
    <message>
        <source>Search critical tokens…</source>
        <translation>Kritische Tokens suchen…</translation>
    </message>
    <message>
        <source>Stop searching this trajectory</source>
        <translation>Suche in dieser Trajektorie anhalten</translation>
    </message>
    <message>
        <source>This trajectory is not being searched.</source>
        <translation>Diese Trajektorie wird nicht durchsucht.</translation>
    </message>
    <message>
        <source>Chart written to %1</source>
        <translation>Diagramm geschrieben: %1</translation>
    </message>
    <message>
        <source>The chart was not exported.</source>
        <translation>Das Diagramm wurde nicht exportiert.</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Export chart: %1…</source>
        <translation>Diagramm exportieren: %1 …</translation>
    </message>
    <message>
        <source>Nothing is drawn in it yet.</source>
        <translation>Es ist noch nichts darin gezeichnet.</translation>
    </message>
    <message>
        <source>Reproduce this branch</source>
        <translation>Diesen Zweig reproduzieren</translation>
    </message>
    <message>
        <source>What is shown is no branch; choose one in the outline.</source>
        <translation>Gezeigt ist kein Zweig; wählen Sie einen in der Gliederung.</translation>
    </message>
    <message>
        <source>Drawing the branch again from its record…</source>
        <translation>Der Zweig wird aus seinem Protokoll neu gezogen …</translation>
    </message>
    <message>
        <source>The branch was not drawn again.</source>
        <translation>Der Zweig wurde nicht neu gezogen.</translation>
    </message>
    <message>
        <source>The branch was reproduced.</source>
        <translation>Der Zweig wurde reproduziert.</translation>
    </message>
    <message numerus="yes">
        <source>All %n drawn token(s) came again.</source>
        <translation>
            <numerusform>Das %n gezogene Token kam wieder.</numerusform>
            <numerusform>Alle %n gezogenen Token kamen wieder.</numerusform>
        </translation>
    </message>
    <message>
        <source>It holds forced tokens alone: nothing was drawn.</source>
        <translation>Er enthält nur erzwungene Token: gezogen wurde nichts.</translation>
    </message>
    <message>
        <source>The branch came out differently.</source>
        <translation>Der Zweig fiel anders aus.</translation>
    </message>
    <message>
        <source>%1 of %2 drawn tokens came again, then another one.</source>
        <translation>%1 von %2 gezogenen Token kamen wieder, dann ein anderes.</translation>
    </message>
    <message>
        <source>The model&apos;s weights are not those of the record.</source>
        <translation>Die Gewichte des Modells sind nicht die des Protokolls.</translation>
    </message>
    <message>
        <source>It was drawn with %1 on %2, now with %3 on %4.</source>
        <translation>Er wurde mit %1 auf %2 gezogen, jetzt mit %3 auf %4.</translation>
    </message>
    <message>
        <source>The project has neither a model nor trajectories yet.</source>
        <translation>Das Projekt hat noch weder ein Modell noch Trajektorien.</translation>
    </message>
    <message>
        <source>Train…</source>
        <translation>Trainieren…</translation>
    </message>
    <message>
        <source>Train on the filtered trajectories…</source>
        <translation>Auf den gefilterten Trajektorien trainieren…</translation>
    </message>
    <message>
        <source>Nothing was zoomed before.</source>
        <translation>Davor wurde nichts gezoomt.</translation>
    </message>
    <message>
        <source>This is the newest zoom.</source>
        <translation>Das ist der neueste Zoom.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Batch inspector</source>
        <translation>Batch-Inspektor</translation>
    </message>
    <message>
        <source>Compare configuration</source>
        <translation>Konfiguration vergleichen</translation>
    </message>
    <message>
        <source>`crux-cli train` starts a run on this project.</source>
        <translation>`crux-cli train` startet einen Lauf in diesem Projekt.</translation>
    </message>
    <message>
        <source>In the clipboard: %1</source>
        <translation>In der Zwischenablage: %1</translation>
    </message>
    <message>
        <source>%1 (run %2)</source>
        <translation>%1 (Lauf %2)</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Export the curves</source>
        <translation>Kurven exportieren</translation>
    </message>
    <message>
        <source>Picture (*.svg *.pdf *.png);;Table (*.csv);;JSON Lines (*.jsonl)</source>
        <translation>Bild (*.svg *.pdf *.png);;Tabelle (*.csv);;JSON Lines (*.jsonl)</translation>
    </message>
    <message>
        <source>The curves were not written.</source>
        <translation>Die Kurven wurden nicht geschrieben.</translation>
    </message>
    <message>
        <source>The demo&apos;s study</source>
        <translation>Die Studie der Demo</translation>
    </message>
</context>
<context>
    <name>crux::ui::MetricGrid</name>
    <message>
        <source>rejected tokens, %1, log count</source>
        <translation>verworfene Token, %1, log. Anzahl</translation>
    </message>
    <message>
        <source>tokens, %1, log count</source>
        <translation>Token, %1, log. Anzahl</translation>
    </message>
</context>
<context>
    <name>crux::ui::MetricPlot</name>
    <message>
        <source>%1 by %2</source>
        <translation>%1 nach %2</translation>
    </message>
    <message>
        <source>The table of this view holds the same numbers</source>
        <translation>Die Tabelle dieser Ansicht enthält dieselben Zahlen</translation>
    </message>
    <message>
        <source>no values yet</source>
        <translation>noch keine Werte</translation>
    </message>
    <message>
        <source>, %1 more</source>
        <translation>, %1 weitere</translation>
    </message>
</context>
<context>
    <name>crux::ui::MetricTableModel</name>
    <message>
        <source>no number</source>
        <translation>keine Zahl</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Epoche</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>Minuten</translation>
    </message>
</context>
<context>
    <name>crux::ui::MetricsView</name>
    <message>
        <source>Metrics of the chosen run</source>
        <translation>Metriken des gewählten Laufs</translation>
    </message>
    <message>
        <source>x</source>
        <translation>x</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>Epoche</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>What the x axis counts</source>
        <translation>Was die x-Achse zählt</translation>
    </message>
    <message>
        <source>Half-life</source>
        <translation>Halbwertszeit</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source> steps</source>
        <translation> Schritte</translation>
    </message>
    <message>
        <source>Half-life of the running mean</source>
        <translation>Halbwertszeit des gleitenden Mittels</translation>
    </message>
    <message>
        <source>Strong lines are a running mean whose weights halve every so many steps; all points count, whatever is drawn</source>
        <translation>Kräftige Linien sind ein gleitendes Mittel, dessen Gewichte sich nach so vielen Schritten halbieren; alle Punkte zählen, auch die nicht gezeichneten</translation>
    </message>
    <message>
        <source>log y</source>
        <translation>log y</translation>
    </message>
    <message>
        <source>Cursors</source>
        <translation>Cursor</translation>
    </message>
    <message>
        <source>Zoom back</source>
        <translation>Zoom zurück</translation>
    </message>
    <message>
        <source>Zoom forward</source>
        <translation>Zoom vor</translation>
    </message>
    <message>
        <source>Show all steps (double click)</source>
        <translation>Alle Schritte zeigen (Doppelklick)</translation>
    </message>
    <message>
        <source>The numbers of the chosen run as a table</source>
        <translation>Die Zahlen des gewählten Laufs als Tabelle</translation>
    </message>
    <message>
        <source>Export the curves…</source>
        <translation>Kurven exportieren …</translation>
    </message>
    <message>
        <source>%1, chosen</source>
        <translation>%1, gewählt</translation>
    </message>
    <message>
        <source>Runs…</source>
        <translation>Läufe …</translation>
    </message>
    <message>
        <source>The metrics could not be read</source>
        <translation>Die Metriken konnten nicht gelesen werden</translation>
    </message>
    <message>
        <source>Nothing was trained yet</source>
        <translation>Noch wurde nichts trainiert</translation>
    </message>
    <message>
        <source>Loss, rewards and accuracies of training runs are drawn here, while they run and after.</source>
        <translation>Hier werden Loss, Belohnungen und Genauigkeiten von Trainingsläufen gezeichnet, während sie laufen und danach.</translation>
    </message>
    <message>
        <source>Train…</source>
        <translation>Trainieren …</translation>
    </message>
    <message>
        <source>No run is shown</source>
        <translation>Kein Lauf ist gezeigt</translation>
    </message>
    <message>
        <source>Tick runs in the table of runs to draw their curves.</source>
        <translation>Haken Sie Läufe in ihrer Tabelle an, um ihre Kurven zu zeichnen.</translation>
    </message>
    <message>
        <source>Show the newest run</source>
        <translation>Den neuesten Lauf zeigen</translation>
    </message>
    <message>
        <source>Reading the metrics…</source>
        <translation>Die Metriken werden gelesen …</translation>
    </message>
    <message>
        <source>No metrics yet</source>
        <translation>Noch keine Metriken</translation>
    </message>
    <message>
        <source>The first numbers come with the first step.</source>
        <translation>Die ersten Zahlen kommen mit dem ersten Schritt.</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist geöffnet.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>No curve is shown.</source>
        <translation>Keine Kurve ist gezeigt.</translation>
    </message>
    <message>
        <source>Cursors A %1, B %2</source>
        <translation>Cursor A %1, B %2</translation>
    </message>
    <message>
        <source>: Δ %1 %2</source>
        <translation>: Δ %1 %2</translation>
    </message>
    <message>
        <source>Two cursors with their difference; drag them, or A and B in a panel</source>
        <translation>Zwei Cursor mit ihrer Differenz; ziehen Sie sie, oder A und B in einem Feld</translation>
    </message>
    <message>
        <source>Hide this run</source>
        <translation>Diesen Lauf ausblenden</translation>
    </message>
    <message>
        <source>Show only this run</source>
        <translation>Nur diesen Lauf zeigen</translation>
    </message>
    <message>
        <source>Colour and dash</source>
        <translation>Farbe und Strich</translation>
    </message>
    <message>
        <source>Line %1</source>
        <translation>Linie %1</translation>
    </message>
    <message>
        <source>Show %1 alone</source>
        <translation>%1 allein zeigen</translation>
    </message>
    <message>
        <source>Show all panels</source>
        <translation>Alle Felder zeigen</translation>
    </message>
    <message>
        <source>Look at step %1</source>
        <translation>Schritt %1 ansehen</translation>
    </message>
    <message>
        <source>Copy the folder of checkpoint %1</source>
        <translation>Ordner des Checkpoints %1 kopieren</translation>
    </message>
</context>
<context>
    <name>crux::ui::ModelChoice</name>
    <message>
        <source>registered name or folder</source>
        <translation>bekannter Name oder Ordner</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner…</translation>
    </message>
    <message>
        <source>This is an adapter folder. Choose a model folder.</source>
        <translation>Das ist ein Adapter-Ordner. Bitte einen Modell-Ordner wählen.</translation>
    </message>
    <message>
        <source>This is a model folder. Choose an adapter folder.</source>
        <translation>Das ist ein Modell-Ordner. Bitte einen Adapter-Ordner wählen.</translation>
    </message>
</context>
<context>
    <name>crux::ui::ModelsDialog</name>
    <message>
        <source>Add model or adapter</source>
        <translation>Modell oder Adapter hinzufügen</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>A model folder holds config.json, safetensors and a tokenizer, as on Hugging Face; an adapter folder is a PEFT LoRA. The files stay where they are.</source>
        <translation>Ein Modell-Ordner enthält config.json, safetensors und einen Tokenizer wie bei Hugging Face; ein Adapter-Ordner ist ein PEFT-LoRA. Die Dateien bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Model or adapter folder</source>
        <translation>Modell- oder Adapter-Ordner</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>Basismodell</translation>
    </message>
    <message>
        <source>positive</source>
        <translation>positiv</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negativ</translation>
    </message>
    <message>
        <source>policy</source>
        <translation>Policy</translation>
    </message>
    <message>
        <source>other</source>
        <translation>andere</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <source>LoRA adapter, r %1, α %2, %3</source>
        <translation>LoRA-Adapter, r %1, α %2, %3</translation>
    </message>
    <message>
        <source>made for %1</source>
        <translation>gemacht für %1</translation>
    </message>
    <message>
        <source>%1, %2 parameters, %3, %4</source>
        <translation>%1, %2 Parameter, %3, %4</translation>
    </message>
    <message>
        <source>tokenizer found, %1 vocabulary entries</source>
        <translation>Tokenizer gefunden, %1 Einträge im Vokabular</translation>
    </message>
    <message>
        <source>no tokenizer: only token ids can be used with it</source>
        <translation>kein Tokenizer: damit lassen sich nur Token-ids verwenden</translation>
    </message>
    <message>
        <source>nothing yet</source>
        <translation>noch nichts</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>The project is open read-only: models cannot be added.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: Modelle können nicht hinzugefügt werden.</translation>
    </message>
    <message>
        <source>Reading the weights to know them again…</source>
        <translation>Liest die Gewichte, um sie wiederzuerkennen…</translation>
    </message>
    <message>
        <source>Looking at the folder…</source>
        <translation>Sieht den Ordner an…</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>Bitte einen Ordner wählen.</translation>
    </message>
    <message>
        <source>Choose another folder, or close.</source>
        <translation>Einen weiteren Ordner wählen oder schließen.</translation>
    </message>
    <message>
        <source>Add its base model first.</source>
        <translation>Erst sein Basismodell hinzufügen.</translation>
    </message>
    <message>
        <source>%1 was added</source>
        <translation>%1 wurde hinzugefügt</translation>
    </message>
</context>
<context>
    <name>crux::ui::NewProjectDialog</name>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>Create project</source>
        <translation>Projekt anlegen</translation>
    </message>
    <message>
        <source>Folder of the project</source>
        <translation>Ordner des Projekts</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>A local disk is best: a project on a network folder serves one machine only.</source>
        <translation>Am besten auf einer lokalen Platte: ein Projekt in einem Netzordner dient nur einem Rechner.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>A name has no slash and does not begin with a dot.</source>
        <translation>Ein Name hat keinen Schrägstrich und beginnt nicht mit einem Punkt.</translation>
    </message>
    <message>
        <source>This folder does not exist. Choose one that does.</source>
        <translation>Diesen Ordner gibt es nicht. Bitte einen vorhandenen wählen.</translation>
    </message>
    <message>
        <source>This folder cannot be written to. Choose another.</source>
        <translation>In diesen Ordner lässt sich nicht schreiben. Bitte einen anderen wählen.</translation>
    </message>
    <message>
        <source>%1 exists already. Choose another name, or open it instead.</source>
        <translation>%1 gibt es schon. Bitte einen anderen Namen wählen oder es stattdessen öffnen.</translation>
    </message>
    <message>
        <source>Give the project a name.</source>
        <translation>Bitte dem Projekt einen Namen geben.</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
</context>
<context>
    <name>crux::ui::NextTokenPane</name>
    <message>
        <source>Zoom out (Backspace)</source>
        <translation>Herauszoomen (Rücktaste)</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>Ebenen</translation>
    </message>
    <message>
        <source>How many tokens deep</source>
        <translation>Wie viele Tokens tief</translation>
    </message>
    <message>
        <source>levels</source>
        <translation>Ebenen</translation>
    </message>
    <message>
        <source>No next tokens are stored here</source>
        <translation>Hier sind keine nächsten Tokens gespeichert</translation>
    </message>
    <message>
        <source>They come with scores (alternatives) or with rollouts from this place.</source>
        <translation>Sie kommen mit Scores (Alternativen) oder mit Rollouts von dieser Stelle.</translation>
    </message>
    <message>
        <source>Ask the model</source>
        <translation>Modell fragen</translation>
    </message>
    <message>
        <source>No token is chosen.</source>
        <translation>Kein Token ist gewählt.</translation>
    </message>
    <message>
        <source>at position %1</source>
        <translation>an Position %1</translation>
    </message>
    <message>
        <source>asking the model…</source>
        <translation>fragt das Modell…</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Hineinzoomen</translation>
    </message>
    <message>
        <source>Show this path</source>
        <translation>Diesen Pfad zeigen</translation>
    </message>
    <message>
        <source>Force these tokens and continue</source>
        <translation>Diese Tokens erzwingen und fortsetzen</translation>
    </message>
    <message>
        <source>Force this token and continue</source>
        <translation>Dieses Token erzwingen und fortsetzen</translation>
    </message>
</context>
<context>
    <name>crux::ui::NotesDock</name>
    <message>
        <source>Save note</source>
        <translation>Notiz speichern</translation>
    </message>
    <message>
        <source>Notes, bookmarks and marks</source>
        <translation>Notizen, Lesezeichen und Markierungen</translation>
    </message>
    <message>
        <source>Note at the cursor</source>
        <translation>Notiz am Cursor</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>No notes</source>
        <translation>Keine Notizen</translation>
    </message>
    <message>
        <source>Write a note</source>
        <translation>Notiz schreiben</translation>
    </message>
    <message>
        <source>No trajectory is open.</source>
        <translation>Keine Trajektorie ist offen.</translation>
    </message>
    <message>
        <source>Trajectory %1, position %2</source>
        <translation>Trajektorie %1, Position %2</translation>
    </message>
    <message>
        <source>kind=label and label=agree …</source>
        <translation>kind=label and label=agree …</translation>
    </message>
    <message>
        <source>Filter of the notes</source>
        <translation>Filter der Notizen</translation>
    </message>
    <message>
        <source>Nothing fits this filter</source>
        <translation>Nichts passt zu diesem Filter</translation>
    </message>
    <message numerus="yes">
        <source>%n note(s), labels and marks are in the project.</source>
        <translation>
            <numerusform>%n Notiz, Label oder Markierung ist im Projekt.</numerusform>
            <numerusform>%n Notizen, Labels und Markierungen sind im Projekt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Reset the filter</source>
        <translation>Filter zurücksetzen</translation>
    </message>
    <message>
        <source>Notes (C), labels (A, X, E) and bookmarks (B) of tokens are listed here.</source>
        <translation>Notizen (C), Labels (A, X, E) und Lesezeichen (B) von Tokens stehen hier.</translation>
    </message>
</context>
<context>
    <name>crux::ui::NotesModel</name>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Bookmark</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>Markierung</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Trajectory</source>
        <translation>Trajektorie</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>agree: this is the error</source>
        <translation>Zustimmung: das ist der Fehler</translation>
    </message>
    <message>
        <source>reject: this is no error</source>
        <translation>Ablehnung: das ist kein Fehler</translation>
    </message>
    <message>
        <source>the error is elsewhere</source>
        <translation>der Fehler ist anderswo</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
</context>
<context>
    <name>crux::ui::NoticeBar</name>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Close this notice</source>
        <translation>Diesen Hinweis schließen</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>Einzelheiten verbergen</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>Einzelheiten zeigen</translation>
    </message>
</context>
<context>
    <name>crux::ui::OverviewStrip</name>
    <message>
        <source>Overview of the trajectory</source>
        <translation>Übersicht der Trajektorie</translation>
    </message>
    <message>
        <source>Whole trajectory; click to jump</source>
        <translation>Ganze Trajektorie; Klick springt</translation>
    </message>
</context>
<context>
    <name>crux::ui::PairKey</name>
    <message>
        <source>score still to come</source>
        <translation>Score steht noch aus</translation>
    </message>
    <message>
        <source>shared prefix, 1 token</source>
        <translation>gemeinsames Präfix, 1 Token</translation>
    </message>
    <message>
        <source>shared prefix, %1 tokens</source>
        <translation>gemeinsames Präfix, %1 Tokens</translation>
    </message>
    <message>
        <source>first difference, position %1</source>
        <translation>erster Unterschied, Position %1</translation>
    </message>
    <message>
        <source>no difference</source>
        <translation>kein Unterschied</translation>
    </message>
</context>
<context>
    <name>crux::ui::ParamField</name>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>“%1” must name at least one.</source>
        <translation>„%1“ muss mindestens eines nennen.</translation>
    </message>
    <message>
        <source>“%1” must be a number.</source>
        <translation>„%1“ muss eine Zahl sein.</translation>
    </message>
    <message>
        <source>“%1” must be a whole number.</source>
        <translation>„%1“ muss eine ganze Zahl sein.</translation>
    </message>
    <message>
        <source>“%1” must be from %2 to %3.</source>
        <translation>„%1“ muss zwischen %2 und %3 liegen.</translation>
    </message>
</context>
<context>
    <name>crux::ui::PassPlot</name>
    <message>
        <source>pass@k with and without the critical token</source>
        <translation>pass@k mit und ohne das kritische Token</translation>
    </message>
    <message>
        <source>The table of this dock holds the same numbers</source>
        <translation>Die Tabelle dieses Docks enthält dieselben Zahlen</translation>
    </message>
    <message>
        <source>pass@k by k, unbiased; none for k &gt; n</source>
        <translation>pass@k nach k, erwartungstreu; keines für k &gt; n</translation>
    </message>
    <message>
        <source>pass@k by k</source>
        <translation>pass@k nach k</translation>
    </message>
</context>
<context>
    <name>crux::ui::PathField</name>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
</context>
<context>
    <name>crux::ui::ProblemModel</name>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Choose models…</source>
        <translation>Modelle wählen…</translation>
    </message>
    <message>
        <source>Show job</source>
        <translation>Auftrag zeigen</translation>
    </message>
    <message>
        <source>job %1</source>
        <translation>Auftrag %1</translation>
    </message>
    <message>
        <source>error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>information</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschah</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>Gegenstand</translation>
    </message>
    <message>
        <source>Fix</source>
        <translation>Abhilfe</translation>
    </message>
    <message>
        <source>Tokenise again</source>
        <translation>Neu zerlegen</translation>
    </message>
</context>
<context>
    <name>crux::ui::ProblemsDock</name>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Clear what this window met</source>
        <translation>Meldungen dieses Fensters leeren</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>No problems</source>
        <translation>Keine Probleme</translation>
    </message>
    <message>
        <source>Errors and warnings of this project are listed here.</source>
        <translation>Fehler und Warnungen dieses Projekts stehen hier.</translation>
    </message>
    <message>
        <source>All %1</source>
        <translation>Alle %1</translation>
    </message>
    <message>
        <source>Errors %1</source>
        <translation>Fehler %1</translation>
    </message>
    <message>
        <source>Warnings %1</source>
        <translation>Warnungen %1</translation>
    </message>
    <message>
        <source>severity=error …</source>
        <translation>severity=error …</translation>
    </message>
    <message>
        <source>Filter of the problems</source>
        <translation>Filter der Probleme</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>Neu starten</translation>
    </message>
</context>
<context>
    <name>crux::ui::ProjectDock</name>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>No project is open</source>
        <translation>Kein Projekt ist offen</translation>
    </message>
    <message>
        <source>Open or make one from the start page.</source>
        <translation>Auf der Startseite lässt sich eines öffnen oder anlegen.</translation>
    </message>
    <message>
        <source>This project is empty</source>
        <translation>Dieses Projekt ist leer</translation>
    </message>
    <message>
        <source>It holds neither trajectories nor models yet.</source>
        <translation>Es enthält noch weder Trajektorien noch Modelle.</translation>
    </message>
    <message>
        <source>Import trajectories…</source>
        <translation>Trajektorien importieren…</translation>
    </message>
    <message>
        <source>The project is open read-only.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet.</translation>
    </message>
    <message>
        <source>Open the run&apos;s metrics</source>
        <translation>Metriken des Laufs öffnen</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>The project has no trajectories yet.</source>
        <translation>Das Projekt hat noch keine Trajektorien.</translation>
    </message>
    <message>
        <source>Score with it as the positive model…</source>
        <translation>Mit ihm als positivem Modell bewerten…</translation>
    </message>
    <message>
        <source>Score with it as the negative model…</source>
        <translation>Mit ihm als negativem Modell bewerten…</translation>
    </message>
    <message>
        <source>Sample answers with it…</source>
        <translation>Antworten damit ziehen…</translation>
    </message>
    <message>
        <source>The project has no questions yet.</source>
        <translation>Das Projekt hat noch keine Fragen.</translation>
    </message>
    <message>
        <source>Train on from it…</source>
        <translation>Von hier weiter trainieren…</translation>
    </message>
    <message>
        <source>Open the metrics of “%1”</source>
        <translation>Metriken von „%1“ öffnen</translation>
    </message>
    <message>
        <source>Copy the path of its folder</source>
        <translation>Pfad des Ordners kopieren</translation>
    </message>
</context>
<context>
    <name>crux::ui::ProjectTree</name>
    <message>
        <source>positive</source>
        <translation>positiv</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negativ</translation>
    </message>
    <message>
        <source>policy</source>
        <translation>Policy</translation>
    </message>
    <message>
        <source>adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>Datasets</source>
        <translation>Datensätze</translation>
    </message>
    <message>
        <source>%1 questions, %2 trajectories</source>
        <translation>%1 Fragen, %2 Trajektorien</translation>
    </message>
    <message>
        <source>Score sets</source>
        <translation>Score-Sätze</translation>
    </message>
    <message>
        <source>β %1</source>
        <translation>β %1</translation>
    </message>
    <message>
        <source>β %1, shown</source>
        <translation>β %1, gezeigt</translation>
    </message>
    <message>
        <source>Slices</source>
        <translation>Ausschnitte</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>Lesezeichen</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keine</translation>
    </message>
    <message>
        <source>Models and adapters</source>
        <translation>Modelle und Adapter</translation>
    </message>
    <message>
        <source>base</source>
        <translation>Basis</translation>
    </message>
    <message>
        <source>not at %1 any more</source>
        <translation>nicht mehr unter %1</translation>
    </message>
    <message>
        <source>trajectory %1</source>
        <translation>Trajektorie %1</translation>
    </message>
    <message>
        <source>token %1</source>
        <translation>Token %1</translation>
    </message>
    <message>
        <source>no right answer</source>
        <translation>keine richtige Antwort</translation>
    </message>
    <message>
        <source>no wrong answer</source>
        <translation>keine falsche Antwort</translation>
    </message>
    <message>
        <source>no answer found in any sample</source>
        <translation>in keiner Ziehung eine Antwort gefunden</translation>
    </message>
    <message>
        <source>no gold answer</source>
        <translation>keine Gold-Antwort</translation>
    </message>
    <message>
        <source>no samples</source>
        <translation>keine Ziehungen</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>Trainingsdaten</translation>
    </message>
    <message>
        <source>pairs</source>
        <translation>Paare</translation>
    </message>
    <message>
        <source>questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>dropped: %1</source>
        <translation>weggelassen: %1</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1, Schritt %2</translation>
    </message>
    <message>
        <source>made it</source>
        <translation>Ursprung</translation>
    </message>
    <message>
        <source>Opens the run in the Train perspective</source>
        <translation>Öffnet den Lauf in der Perspektive Training</translation>
    </message>
</context>
<context>
    <name>crux::ui::QuestionHeader</name>
    <message>
        <source>Previous trajectory (Ctrl+Up)</source>
        <translation>Vorige Trajektorie (Strg+Auf)</translation>
    </message>
    <message>
        <source>Next trajectory (Ctrl+Down)</source>
        <translation>Nächste Trajektorie (Strg+Ab)</translation>
    </message>
    <message>
        <source>Mark this trajectory</source>
        <translation>Diese Trajektorie markieren</translation>
    </message>
    <message>
        <source>Note on this trajectory</source>
        <translation>Notiz zu dieser Trajektorie</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Trajectory %1</source>
        <translation>Trajektorie %1</translation>
    </message>
    <message>
        <source>question %1</source>
        <translation>Frage %1</translation>
    </message>
    <message>
        <source>question %1 of %2</source>
        <translation>Frage %1 von %2</translation>
    </message>
    <message>
        <source>sample %1</source>
        <translation>Ziehung %1</translation>
    </message>
    <message>
        <source>not graded</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>no answer found</source>
        <translation>keine Antwort gefunden</translation>
    </message>
    <message>
        <source>greedy</source>
        <translation>greedy</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>Seed %1</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Tokens</translation>
    </message>
    <message>
        <source>Gold %1</source>
        <translation>Gold %1</translation>
    </message>
    <message>
        <source>Extracted %1</source>
        <translation>Entnommen %1</translation>
    </message>
    <message>
        <source>gold %1</source>
        <translation>Gold %1</translation>
    </message>
    <message>
        <source>Gold</source>
        <translation>Gold</translation>
    </message>
    <message>
        <source>Extracted</source>
        <translation>Entnommen</translation>
    </message>
    <message>
        <source>label %1</source>
        <translation>Label %1</translation>
    </message>
    <message>
        <source>Verdict: %1 (%2)</source>
        <translation>Urteil: %1 (%2)</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>von Hand</translation>
    </message>
    <message>
        <source>%1 examples</source>
        <translation>%1 Beispiele</translation>
    </message>
    <message>
        <source>rank %1 of %2 by s_t</source>
        <translation>Rang %1 von %2 nach s_t</translation>
    </message>
    <message>
        <source>ρ(s_t, drop) %1</source>
        <translation>ρ(s_t, Abfall) %1</translation>
    </message>
    <message>
        <source>no critical token by rollouts</source>
        <translation>kein kritisches Token nach Rollouts</translation>
    </message>
    <message>
        <source>token at %1 not confirmed by rollouts</source>
        <translation>Token bei %1 durch Rollouts nicht bestätigt</translation>
    </message>
    <message>
        <source>critical token at %1</source>
        <translation>kritisches Token bei %1</translation>
    </message>
    <message>
        <source>candidate at %1 = critical token at %1</source>
        <translation>Kandidat bei %1 = kritisches Token bei %1</translation>
    </message>
    <message numerus="yes">
        <source>candidate at %1, critical token at %2: %n apart</source>
        <translation>
            <numerusform>Kandidat bei %1, kritisches Token bei %2: %n auseinander</numerusform>
            <numerusform>Kandidat bei %1, kritisches Token bei %2: %n auseinander</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::QuestionsModel</name>
    <message>
        <source>id</source>
        <translation>id</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Gold answer</source>
        <translation>Gold-Antwort</translation>
    </message>
</context>
<context>
    <name>crux::ui::RecentProjects</name>
    <message>
        <source>today %1</source>
        <translation>heute %1</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
    <message>
        <source>d MMM</source>
        <comment>date without year</comment>
        <translation>d. MMM</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <comment>date with year</comment>
        <translation>d. MMM yyyy</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Opened</source>
        <translation>Geöffnet</translation>
    </message>
</context>
<context>
    <name>crux::ui::RolloutAnswers</name>
    <message>
        <source>Rollouts by answer</source>
        <translation>Rollouts nach Antwort</translation>
    </message>
    <message>
        <source>Rollouts were not read.</source>
        <translation>Rollouts wurden nicht gelesen.</translation>
    </message>
    <message>
        <source>Rollouts</source>
        <translation>Rollouts</translation>
    </message>
    <message>
        <source>From the bare prompt</source>
        <translation>Vom bloßen Prompt</translation>
    </message>
    <message>
        <source>After %1 %2</source>
        <translation>Nach %1 %2</translation>
    </message>
    <message>
        <source>No rollouts start here</source>
        <translation>Hier beginnen keine Rollouts</translation>
    </message>
    <message>
        <source>The response is over at this token, so every rollout of it ends as the trajectory does.</source>
        <translation>Die Antwort ist an diesem Token zu Ende, daher endet jeder Rollout davon wie die Trajektorie.</translation>
    </message>
    <message>
        <source>Click a point of the curve, or search the trajectory (R).</source>
        <translation>Einen Punkt der Kurve anklicken oder die Trajektorie durchsuchen (R).</translation>
    </message>
    <message>
        <source>%1 of %2 right [%3, %4]</source>
        <translation>%1 von %2 richtig [%3, %4]</translation>
    </message>
    <message>
        <source>all drawn here</source>
        <translation>alle hier gezogen</translation>
    </message>
    <message>
        <source>%1 drawn here, %2 shared from earlier prefixes (exact reuse)</source>
        <translation>%1 hier gezogen, %2 von früheren Präfixen geteilt (genaue Wiederverwendung)</translation>
    </message>
</context>
<context>
    <name>crux::ui::RolloutAnswersModel</name>
    <message>
        <source>own</source>
        <translation>eigene</translation>
    </message>
    <message>
        <source>shared, prompt</source>
        <translation>geteilt, Prompt</translation>
    </message>
    <message>
        <source>shared, %1</source>
        <translation>geteilt, %1</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>%1, %2: %3 of %4 rollouts</source>
        <translation>%1, %2: %3 von %4 Rollouts</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s), no vocabulary stored</source>
        <translation>
            <numerusform>%n Token, kein Vokabular gespeichert</numerusform>
            <numerusform>%n Tokens, kein Vokabular gespeichert</numerusform>
        </translation>
    </message>
    <message>
        <source>Drawn from an earlier prefix; it goes along the trajectory to here, so it is a rollout of this prefix too (exact reuse).</source>
        <translation>Von einem früheren Präfix gezogen; er folgt der Trajektorie bis hier und ist daher auch ein Rollout dieses Präfixes (genaue Wiederverwendung).</translation>
    </message>
    <message>
        <source>Drawn from this prefix.</source>
        <translation>Von diesem Präfix gezogen.</translation>
    </message>
    <message>
        <source>Rollout %1, ended by %2.</source>
        <translation>Rollout %1, beendet durch %2.</translation>
    </message>
    <message>
        <source>Answer, texts</source>
        <translation>Antwort, Texte</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>Drawn from</source>
        <translation>Gezogen von</translation>
    </message>
</context>
<context>
    <name>crux::ui::RolloutPlot</name>
    <message>
        <source>bare prompt</source>
        <translation>bloßer Prompt</translation>
    </message>
    <message>
        <source>after %1 %2</source>
        <translation>nach %1 %2</translation>
    </message>
    <message>
        <source>%1: share %2, as imported</source>
        <translation>%1: Anteil %2, wie importiert</translation>
    </message>
    <message>
        <source>%1: %2 of %3 right, %4 [%5, %6]</source>
        <translation>%1: %2 von %3 richtig, %4 [%5, %6]</translation>
    </message>
    <message>
        <source>drawing stopped at a success: no more was needed here</source>
        <translation>Ziehen bei einem Erfolg angehalten: mehr war hier nicht nötig</translation>
    </message>
    <message>
        <source>5 %</source>
        <translation>5 %</translation>
    </message>
    <message>
        <source>first all-wrong prefix: %1 %2, 0 of %3</source>
        <translation>erstes Präfix mit nur falschen: %1 %2, 0 von %3</translation>
    </message>
    <message>
        <source>critical token %1 %2: %3 of %4</source>
        <translation>kritisches Token %1 %2: %3 von %4</translation>
    </message>
    <message>
        <source>, confirmed</source>
        <translation>, bestätigt</translation>
    </message>
    <message>
        <source>Share of right rollouts by position</source>
        <translation>Anteil richtiger Rollouts je Position</translation>
    </message>
    <message>
        <source>The table of this dock holds the same numbers</source>
        <translation>Die Tabelle dieses Docks enthält dieselben Zahlen</translation>
    </message>
    <message>
        <source>right of n by token position, 95 % Wilson interval</source>
        <translation>richtig von n nach Tokenposition, 95-%-Wilson-Intervall</translation>
    </message>
    <message>
        <source>share of right rollouts by token position, as imported</source>
        <translation>Anteil richtiger Rollouts nach Tokenposition, wie importiert</translation>
    </message>
    <message>
        <source>0 of %1</source>
        <translation>0 von %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Rollout curve</source>
        <translation>Rollout-Kurve</translation>
    </message>
</context>
<context>
    <name>crux::ui::RolloutsDock</name>
    <message>
        <source>seed %1</source>
        <translation>Seed %1</translation>
    </message>
    <message>
        <source>By position</source>
        <translation>Nach Position</translation>
    </message>
    <message>
        <source>Share of right rollouts over the response</source>
        <translation>Anteil richtiger Rollouts über die Antwort</translation>
    </message>
    <message>
        <source>pass@k</source>
        <translation>pass@k</translation>
    </message>
    <message>
        <source>With and without the critical token</source>
        <translation>Mit und ohne das kritische Token</translation>
    </message>
    <message>
        <source>The numbers as a table</source>
        <translation>Die Zahlen als Tabelle</translation>
    </message>
    <message>
        <source>this trajectory</source>
        <translation>diese Trajektorie</translation>
    </message>
    <message>
        <source>mean of all searched</source>
        <translation>Mittel aller durchsuchten</translation>
    </message>
    <message>
        <source>What pass@k is computed over</source>
        <translation>Worüber pass@k berechnet wird</translation>
    </message>
    <message>
        <source>Rollout set</source>
        <translation>Rollout-Satz</translation>
    </message>
    <message>
        <source>Rollouts drawn in another way are another set</source>
        <translation>Anders gezogene Rollouts sind ein anderer Satz</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Right rollouts by position</source>
        <translation>Richtige Rollouts je Position</translation>
    </message>
    <message numerus="yes">
        <source>%n position(s)</source>
        <translation>
            <numerusform>%n Position</numerusform>
            <numerusform>%n Positionen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 rollouts stored</source>
        <translation>%1 Rollouts gespeichert</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Tokens/s</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop the search; what it drew stays (Esc)</source>
        <translation>Suche anhalten; was sie gezogen hat, bleibt (Esc)</translation>
    </message>
    <message>
        <source>Search this trajectory by rollouts (R)</source>
        <translation>Diese Trajektorie durch Rollouts durchsuchen (R)</translation>
    </message>
    <message>
        <source>%1 · %2 rollouts</source>
        <translation>%1 · %2 Rollouts</translation>
    </message>
    <message>
        <source>No rollouts to show</source>
        <translation>Keine Rollouts zu zeigen</translation>
    </message>
    <message>
        <source>Choose a trajectory first.</source>
        <translation>Erst eine Trajektorie wählen.</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>No rollouts of this trajectory are stored</source>
        <translation>Von dieser Trajektorie sind keine Rollouts gespeichert</translation>
    </message>
    <message>
        <source>A search draws continuations of its prefixes, judges them, and shows after which token the right answer is out of reach.</source>
        <translation>Eine Suche zieht Fortsetzungen ihrer Präfixe, beurteilt sie und zeigt, nach welchem Token die richtige Antwort unerreichbar ist.</translation>
    </message>
    <message>
        <source>Add a model…</source>
        <translation>Modell hinzufügen…</translation>
    </message>
    <message>
        <source>Search this trajectory</source>
        <translation>Diese Trajektorie durchsuchen</translation>
    </message>
    <message>
        <source>A search of it is %1.</source>
        <translation>Eine Suche darin: %1.</translation>
    </message>
    <message>
        <source>R in the heat map</source>
        <translation>R in der Heatmap</translation>
    </message>
    <message>
        <source>without it</source>
        <translation>ohne es</translation>
    </message>
    <message>
        <source>with the token</source>
        <translation>mit dem Token</translation>
    </message>
    <message numerus="yes">
        <source>without it, mean of %n</source>
        <translation>
            <numerusform>ohne es, Mittel von %n</numerusform>
            <numerusform>ohne es, Mittel von %n</numerusform>
        </translation>
    </message>
    <message>
        <source>The search is not over yet</source>
        <translation>Die Suche ist noch nicht zu Ende</translation>
    </message>
    <message>
        <source>pass@k comes with the critical token and its replacements.</source>
        <translation>pass@k kommt mit dem kritischen Token und seinen Ersetzungen.</translation>
    </message>
    <message>
        <source>There is no critical token to do without</source>
        <translation>Es gibt kein kritisches Token, auf das zu verzichten wäre</translation>
    </message>
    <message>
        <source>The search of this trajectory found none that rollouts confirm.</source>
        <translation>Die Suche in dieser Trajektorie fand keines, das Rollouts bestätigen.</translation>
    </message>
    <message>
        <source>No replacements of a critical token are drawn</source>
        <translation>Von keinem kritischen Token sind Ersetzungen gezogen</translation>
    </message>
    <message>
        <source>A search bans the token it finds, draws others in its place, and compares pass@k.</source>
        <translation>Eine Suche sperrt das gefundene Token, zieht andere an seiner Stelle und vergleicht pass@k.</translation>
    </message>
    <message>
        <source>Search with replacements</source>
        <translation>Mit Ersetzungen suchen</translation>
    </message>
    <message>
        <source>Search with other settings… (Ctrl+Shift+R)</source>
        <translation>Mit anderen Einstellungen suchen… (Strg+Umschalt+R)</translation>
    </message>
    <message>
        <source>n %1</source>
        <translation>n %1</translation>
    </message>
    <message>
        <source>n %1 to %2</source>
        <translation>n %1 bis %2</translation>
    </message>
    <message>
        <source>Tokenise this trajectory and search it by rollouts (R)</source>
        <translation>Diese Trajektorie tokenisieren und durch Rollouts absuchen (R)</translation>
    </message>
</context>
<context>
    <name>crux::ui::RowFilterField</name>
    <message>
        <source>Terms joined with and, or, not. Fields:</source>
        <translation>Terme, verbunden mit and, or, not. Felder:</translation>
    </message>
</context>
<context>
    <name>crux::ui::RunBoard</name>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
</context>
<context>
    <name>crux::ui::RunTableModel</name>
    <message>
        <source>%1 at %2</source>
        <translation>%1 bei %2</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>Base</source>
        <translation>Basis</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Loss</translation>
    </message>
    <message>
        <source>Best eval loss</source>
        <translation>Bester Eval-Loss</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>Margin</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
</context>
<context>
    <name>crux::ui::RunsDock</name>
    <message>
        <source>method=cDPO and loss&lt;0.5</source>
        <translation>method=cDPO and loss&lt;0.5</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>Läufe filtern</translation>
    </message>
    <message>
        <source>Training runs</source>
        <translation>Trainingsläufe</translation>
    </message>
    <message>
        <source>Nothing was trained yet</source>
        <translation>Noch wurde nichts trainiert</translation>
    </message>
    <message>
        <source>Every training run gets a row here, with its state and its numbers.</source>
        <translation>Jeder Trainingslauf hat hier eine Zeile mit seinem Zustand und seinen Zahlen.</translation>
    </message>
    <message>
        <source>Train…</source>
        <translation>Trainieren …</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist geöffnet.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>No run fits the filter</source>
        <translation>Kein Lauf passt zum Filter</translation>
    </message>
    <message>
        <source>The project has other runs.</source>
        <translation>Das Projekt hat andere Läufe.</translation>
    </message>
    <message>
        <source>Reset the filter</source>
        <translation>Filter zurücksetzen</translation>
    </message>
    <message>
        <source>Hide its curves</source>
        <translation>Seine Kurven ausblenden</translation>
    </message>
    <message>
        <source>Show its curves</source>
        <translation>Seine Kurven zeigen</translation>
    </message>
    <message>
        <source>Show only this run</source>
        <translation>Nur diesen Lauf zeigen</translation>
    </message>
    <message>
        <source>Show the job</source>
        <translation>Den Job zeigen</translation>
    </message>
</context>
<context>
    <name>crux::ui::SampleDialog</name>
    <message>
        <source>Paper</source>
        <translation>Paper</translation>
    </message>
    <message>
        <source>Authors&apos; code</source>
        <translation>Code der Autoren</translation>
    </message>
    <message>
        <source>Small CPU</source>
        <translation>Kleine CPU</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>Sample answers</source>
        <translation>Antworten ziehen</translation>
    </message>
    <message>
        <source>Start sampling</source>
        <translation>Ziehen beginnen</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>all questions, or those with a trajectory such as verdict=wrong</source>
        <translation>alle Fragen oder jene mit einer Trajektorie wie verdict=wrong</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Answers to each question</source>
        <translation>Antworten je Frage</translation>
    </message>
    <message>
        <source>first questions</source>
        <translation>erste Fragen</translation>
    </message>
    <message>
        <source>Only the first so many questions</source>
        <translation>Nur so viele erste Fragen</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Seed of all random draws</source>
        <translation>Seed aller Zufallsziehungen</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>to each of the first</source>
        <translation>auf jede der ersten</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>the dataset&apos;s own</source>
        <translation>die des Datensatzes</translation>
    </message>
    <message>
        <source>template</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Text around the question</source>
        <translation>Text um die Frage</translation>
    </message>
    <message>
        <source>as the tokenizer says</source>
        <translation>wie der Tokenizer sagt</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>weggelassen</translation>
    </message>
    <message>
        <source>BOS</source>
        <translation>BOS</translation>
    </message>
    <message>
        <source>Whether the prompt begins with the tokenizer&apos;s BOS token</source>
        <translation>Ob der Prompt mit dem BOS-Token des Tokenizers beginnt</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Worked examples before the question</source>
        <translation>Gelöste Beispiele vor der Frage</translation>
    </message>
    <message>
        <source>paper</source>
        <translation>Paper</translation>
    </message>
    <message>
        <source>Crux&apos;s own</source>
        <translation>die von Crux</translation>
    </message>
    <message>
        <source>the train split</source>
        <translation>der Trainingsteil</translation>
    </message>
    <message>
        <source>a file…</source>
        <translation>eine Datei…</translation>
    </message>
    <message>
        <source>examples from</source>
        <translation>Beispiele aus</translation>
    </message>
    <message>
        <source>Where the worked examples come from</source>
        <translation>Woher die gelösten Beispiele kommen</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>taken off</source>
        <translation>entfernt</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>blank at the end</source>
        <translation>Leerraum am Ende</translation>
    </message>
    <message>
        <source>White space at the prompt&apos;s end; auto takes it off where there are examples</source>
        <translation>Leerraum am Ende des Prompts; automatisch entfernt ihn, wo es Beispiele gibt</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>from</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>Sampler</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>0 is greedy</source>
        <translation>0 ist greedy</translation>
    </message>
    <message>
        <source>top-p</source>
        <translation>top-p</translation>
    </message>
    <message>
        <source>1 is off</source>
        <translation>1 ist aus</translation>
    </message>
    <message>
        <source>top-k</source>
        <translation>top-k</translation>
    </message>
    <message>
        <source>Only so many most likely tokens</source>
        <translation>Nur so viele wahrscheinlichste Tokens</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>longest answer</source>
        <translation>längste Antwort</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Tokens</translation>
    </message>
    <message>
        <source>batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Answers drawn at once; changes no result. Fewer are tried when memory runs out</source>
        <translation>Antworten, die zugleich gezogen werden; ändert kein Ergebnis. Bei knappem Speicher werden weniger versucht</translation>
    </message>
    <message>
        <source>authors</source>
        <translation>Autoren</translation>
    </message>
    <message>
        <source>grader</source>
        <translation>Bewerter</translation>
    </message>
    <message>
        <source>Rules that judge the answers</source>
        <translation>Regeln, die die Antworten beurteilen</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>Längste Antwort</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>zugleich</translation>
    </message>
    <message>
        <source>stop texts</source>
        <translation>Stopp-Texte</translation>
    </message>
    <message>
        <source>Texts that end an answer, a bar between two; \n is a line end</source>
        <translation>Texte, die eine Antwort beenden, ein Strich zwischen zweien; \n ist ein Zeilenende</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>no stop text</source>
        <translation>kein Stopp-Text</translation>
    </message>
    <message>
        <source>Answers end at EOS or at their length</source>
        <translation>Antworten enden bei EOS oder ihrer Länge</translation>
    </message>
    <message>
        <source>Stop texts</source>
        <translation>Stopp-Texte</translation>
    </message>
    <message>
        <source>Choose positive, negative and preference data at the end</source>
        <translation>Am Ende positive, negative und Präferenzdaten wählen</translation>
    </message>
    <message>
        <source>choosing data</source>
        <translation>Daten wählen</translation>
    </message>
    <message>
        <source>By the frequency of the answers, as the paper does</source>
        <translation>Nach der Häufigkeit der Antworten, wie im Paper</translation>
    </message>
    <message>
        <source>Worked examples</source>
        <translation>Gelöste Beispiele</translation>
    </message>
    <message>
        <source>JSON Lines (*.jsonl *.json);;All files (*)</source>
        <translation>JSON Lines (*.jsonl *.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>%1, %2 questions</source>
        <translation>%1, %2 Fragen</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>Zuletzt benutzt</translation>
    </message>
    <message>
        <source>sample %1, n = %2</source>
        <translation>ziehen %1, n = %2</translation>
    </message>
    <message>
        <source>The first question&apos;s prompt has %1 tokens, the model&apos;s context only %2; ask for fewer examples</source>
        <translation>Der Prompt der ersten Frage hat %1 Tokens, der Kontext des Modells nur %2; bitte weniger Beispiele verlangen</translation>
    </message>
    <message>
        <source>%1 answers, about %2 tokens</source>
        <translation>%1 Antworten, etwa %2 Tokens</translation>
    </message>
    <message>
        <source>%1 answers, at most %2 tokens</source>
        <translation>%1 Antworten, höchstens %2 Tokens</translation>
    </message>
    <message>
        <source>%1; %2 at the %3 tokens/s of “%4”</source>
        <translation>%1; %2 bei den %3 Tokens/s von „%4“</translation>
    </message>
    <message>
        <source>%1; the time needed is told after the first seconds</source>
        <translation>%1; die nötige Zeit steht nach den ersten Sekunden da</translation>
    </message>
    <message>
        <source>%1 questions; answers that the same settings drew before are kept</source>
        <translation>%1 Fragen; Antworten, die dieselben Einstellungen schon gezogen haben, bleiben</translation>
    </message>
    <message>
        <source>The paper names no temperature for this model; that of Llama-3-8B is set. It wants about 10 wrong answers a question</source>
        <translation>Das Paper nennt für dieses Modell keine Temperatur; die von Llama-3-8B ist gesetzt. Es will etwa 10 falsche Antworten je Frage</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>The project is open read-only: answers cannot be stored.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: Antworten können nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>The project has no questions yet: import some first.</source>
        <translation>Das Projekt hat noch keine Fragen: bitte erst welche importieren.</translation>
    </message>
    <message>
        <source>Choose the model that answers.</source>
        <translation>Bitte das antwortende Modell wählen.</translation>
    </message>
    <message>
        <source>Looking at the folders…</source>
        <translation>Sieht die Ordner an…</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>No question is chosen.</source>
        <translation>Keine Frage ist gewählt.</translation>
    </message>
    <message>
        <source>The prompt does not fit into the model&apos;s context.</source>
        <translation>Der Prompt passt nicht in den Kontext des Modells.</translation>
    </message>
    <message>
        <source>the template&apos;s own</source>
        <translation>die der Vorlage</translation>
    </message>
    <message>
        <source>The longest question&apos;s prompt has %1 tokens and fills the model&apos;s context of %2: such questions are left out</source>
        <translation>Der Prompt der längsten Frage hat %1 Tokens und füllt den Kontext des Modells von %2: solche Fragen werden ausgelassen</translation>
    </message>
</context>
<context>
    <name>crux::ui::SamplingForm</name>
    <message>
        <source>greedy</source>
        <translation>greedy</translation>
    </message>
    <message>
        <source>paper sampling</source>
        <translation>Sampling des Papers</translation>
    </message>
    <message>
        <source>paper rollouts, n = 64</source>
        <translation>Rollouts des Papers, n = 64</translation>
    </message>
    <message>
        <source>demo</source>
        <translation>Demo</translation>
    </message>
    <message>
        <source>demo, greedy</source>
        <translation>Demo, greedy</translation>
    </message>
    <message>
        <source>0 (greedy)</source>
        <translation>0 (greedy)</translation>
    </message>
    <message>
        <source>0 (off)</source>
        <translation>0 (aus)</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>top-p</source>
        <translation>top-p</translation>
    </message>
    <message>
        <source>top-k</source>
        <translation>top-k</translation>
    </message>
    <message>
        <source>Max new tokens</source>
        <translation>Höchstens neue Tokens</translation>
    </message>
    <message>
        <source>Samples n</source>
        <translation>Ziehungen n</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Stop strings</source>
        <translation>Stopptexte</translation>
    </message>
    <message>
        <source>one a line; \n stands for a line end</source>
        <translation>einer je Zeile; \n steht für ein Zeilenende</translation>
    </message>
</context>
<context>
    <name>crux::ui::ScaleLegend</name>
    <message>
        <source>Colour legend and candidate threshold</source>
        <translation>Farblegende und Schwelle der Kandidaten</translation>
    </message>
    <message>
        <source>absolute</source>
        <translation>absolut</translation>
    </message>
    <message>
        <source>log10</source>
        <translation>log10</translation>
    </message>
    <message>
        <source>percentile</source>
        <translation>Perzentil</translation>
    </message>
    <message>
        <source>Logarithm, clamped at 0.0001</source>
        <translation>Logarithmus, begrenzt bei 0,0001</translation>
    </message>
    <message>
        <source>Scale mode</source>
        <translation>Skalenart</translation>
    </message>
    <message>
        <source>How values become colours</source>
        <translation>Wie Werte zu Farben werden</translation>
    </message>
    <message>
        <source>Same scale in all panes</source>
        <translation>Gleiche Skala in allen Bereichen</translation>
    </message>
    <message>
        <source>All panes share one scale; click to part them</source>
        <translation>Alle Bereiche teilen eine Skala; Klick trennt sie</translation>
    </message>
    <message>
        <source>Each pane has its own scale; click to share one</source>
        <translation>Jeder Bereich hat seine Skala; Klick vereint sie</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht bewertet</translation>
    </message>
    <message>
        <source>no candidates</source>
        <translation>keine Kandidaten</translation>
    </message>
    <message>
        <source>%1: none, lowest marked</source>
        <translation>%1: keines, niedrigstes markiert</translation>
    </message>
    <message>
        <source>%1: 1 token</source>
        <translation>%1: 1 Token</translation>
    </message>
    <message>
        <source>%1: %2 tokens</source>
        <translation>%1: %2 Tokens</translation>
    </message>
    <message>
        <source>lowest of each word</source>
        <translation>niedrigster jedes Wortes</translation>
    </message>
    <message>
        <source>highest of each word</source>
        <translation>höchster jedes Wortes</translation>
    </message>
    <message>
        <source>lowest of each step</source>
        <translation>niedrigster jedes Schritts</translation>
    </message>
    <message>
        <source>highest of each step</source>
        <translation>höchster jedes Schritts</translation>
    </message>
    <message>
        <source>percentile in this response</source>
        <translation>Perzentil in dieser Antwort</translation>
    </message>
    <message>
        <source>only wrong trajectories have them</source>
        <translation>nur falsche Trajektorien haben sie</translation>
    </message>
    <message>
        <source>threshold set by hand</source>
        <translation>Schwelle von Hand gesetzt</translation>
    </message>
    <message>
        <source>A comparison has one scale</source>
        <translation>Ein Vergleich hat eine Skala</translation>
    </message>
    <message>
        <source>critical token: %1</source>
        <translation>kritisches Token: %1</translation>
    </message>
</context>
<context>
    <name>crux::ui::ScoreDialog</name>
    <message>
        <source>Score trajectories</source>
        <translation>Trajektorien bewerten</translation>
    </message>
    <message>
        <source>Start scoring</source>
        <translation>Bewertung starten</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>Basismodell</translation>
    </message>
    <message>
        <source>Positive model</source>
        <translation>Positives Modell</translation>
    </message>
    <message>
        <source>Negative model</source>
        <translation>Negatives Modell</translation>
    </message>
    <message>
        <source>may stay empty when both sides are whole models</source>
        <translation>darf leer bleiben, wenn beide Seiten ganze Modelle sind</translation>
    </message>
    <message>
        <source>base model, ranks the alternatives</source>
        <translation>Basismodell, ordnet die Alternativen</translation>
    </message>
    <message>
        <source>none, quicker</source>
        <translation>keines, schneller</translation>
    </message>
    <message>
        <source>Policy model</source>
        <translation>Policy-Modell</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>Score</translation>
    </message>
    <message>
        <source>Contrast β</source>
        <translation>Kontrast β</translation>
    </message>
    <message>
        <source>Alternatives K</source>
        <translation>Alternativen K</translation>
    </message>
    <message>
        <source>Store entropies and ranks too (slower, larger)</source>
        <translation>Auch Entropien und Ränge speichern (langsamer, größer)</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>all, or for example verdict=wrong</source>
        <translation>alle, oder zum Beispiel verdict=wrong</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>made from the models&apos; names</source>
        <translation>aus den Namen der Modelle gebildet</translation>
    </message>
    <message>
        <source>Score set</source>
        <translation>Score-Satz</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>all datasets</source>
        <translation>alle Datensätze</translation>
    </message>
    <message>
        <source>%1, %2 trajectories</source>
        <translation>%1, %2 Trajektorien</translation>
    </message>
    <message>
        <source>This is an adapter: it needs a base model above.</source>
        <translation>Das ist ein Adapter: er braucht oben ein Basismodell.</translation>
    </message>
    <message>
        <source>As in the paper: β 1.</source>
        <translation>Wie im Paper: β 1.</translation>
    </message>
    <message>
        <source>Differences from the default: %1</source>
        <translation>Abweichungen von der Vorgabe: %1</translation>
    </message>
    <message>
        <source>The time needed is told after the first seconds of the job</source>
        <translation>Die nötige Zeit steht nach den ersten Sekunden des Auftrags fest</translation>
    </message>
    <message>
        <source>Positive and negative are the same: every score would be the model&apos;s own probability.</source>
        <translation>Positiv und negativ sind dasselbe: jeder Score wäre die Wahrscheinlichkeit des Modells selbst.</translation>
    </message>
    <message>
        <source>Positive and negative have different vocabularies: %1 and %2 entries</source>
        <translation>Positiv und negativ haben verschiedene Vokabulare: %1 und %2 Einträge</translation>
    </message>
    <message>
        <source>Positive and negative have vocabularies of one size, %1 entries</source>
        <translation>Positiv und negativ haben gleich große Vokabulare, %1 Einträge</translation>
    </message>
    <message>
        <source>%1 trajectories chosen; those this score set holds already are skipped</source>
        <translation>%1 Trajektorien gewählt; was dieser Score-Satz schon enthält, wird übersprungen</translation>
    </message>
    <message>
        <source>Forcing tokens goes on while the job runs; it may be slower</source>
        <translation>Tokens lassen sich währenddessen weiter erzwingen; es kann langsamer sein</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>The project is open read-only: scores cannot be stored.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: Scores können nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>Choose a positive and a negative model.</source>
        <translation>Bitte ein positives und ein negatives Modell wählen.</translation>
    </message>
    <message>
        <source>Looking at the folders…</source>
        <translation>Sieht die Ordner an…</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>The two vocabularies must be the same. Choose models of one family.</source>
        <translation>Beide Vokabulare müssen gleich sein. Bitte Modelle einer Familie wählen.</translation>
    </message>
    <message>
        <source>No trajectory is chosen.</source>
        <translation>Keine Trajektorie ist gewählt.</translation>
    </message>
    <message>
        <source>score %1 / %2</source>
        <translation>Bewertung %1 / %2</translation>
    </message>
    <message>
        <source>Tokenise again where the ids come from another tokenizer</source>
        <translation>Neu zerlegen, wo die Ids von einem anderen Tokenizer kommen</translation>
    </message>
    <message>
        <source>About %1, from the speed of the last scoring</source>
        <translation>Etwa %1, nach dem Tempo der letzten Bewertung</translation>
    </message>
    <message>
        <source>Default: %1</source>
        <translation>Vorgabe: %1</translation>
    </message>
    <message>
        <source>Strength of the contrast</source>
        <translation>Stärke des Kontrasts</translation>
    </message>
    <message>
        <source>Alternatives stored for every position</source>
        <translation>Für jede Position gespeicherte Alternativen</translation>
    </message>
    <message>
        <source>entropies and ranks</source>
        <translation>Entropien und Ränge</translation>
    </message>
    <message>
        <source>tokenise again</source>
        <translation>neu tokenisieren</translation>
    </message>
</context>
<context>
    <name>crux::ui::ScoreRibbon</name>
    <message>
        <source>Score ribbon</source>
        <translation>Score-Band</translation>
    </message>
    <message>
        <source>s_t by position; the heat map below holds the same numbers</source>
        <translation>s_t nach Position; die Heatmap darunter enthält dieselben Zahlen</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht bewertet</translation>
    </message>
    <message numerus="yes">
        <source>%1–%2: %n token(s)</source>
        <translation>
            <numerusform>%1–%2: %n Token</numerusform>
            <numerusform>%1–%2: %n Tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, lowest s_t %2 at %3</source>
        <translation>%1, niedrigstes s_t %2 bei %3</translation>
    </message>
</context>
<context>
    <name>crux::ui::ScreenshotWalk</name>
    <message>
        <source>Scoring did not start.</source>
        <translation>Die Bewertung startete nicht.</translation>
    </message>
</context>
<context>
    <name>crux::ui::SearchDialog</name>
    <message>
        <source>Search critical tokens</source>
        <translation>Kritische Tokens suchen</translation>
    </message>
    <message>
        <source>Start search</source>
        <translation>Suche beginnen</translation>
    </message>
    <message>
        <source>all datasets</source>
        <translation>alle Datensätze</translation>
    </message>
    <message>
        <source>%1, %2 trajectories</source>
        <translation>%1, %2 Trajektorien</translation>
    </message>
    <message>
        <source>method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>curve points</source>
        <translation>Kurvenpunkte</translation>
    </message>
    <message>
        <source>low share</source>
        <translation>niedriger Anteil</translation>
    </message>
    <message>
        <source>confirm</source>
        <translation>Bestätigung</translation>
    </message>
    <message>
        <source>without</source>
        <translation>ohne</translation>
    </message>
    <message>
        <source>replacement</source>
        <translation>Ersetzung</translation>
    </message>
    <message>
        <source>max tokens</source>
        <translation>höchstens Tokens</translation>
    </message>
    <message>
        <source>About %1 rollouts of %2 tokens, %3</source>
        <translation>Etwa %1 Rollouts zu %2 Tokens, %3</translation>
    </message>
    <message>
        <source>; every prefix on its own: %1 times as many</source>
        <translation>; jedes Präfix für sich: %1-mal so viele</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>The project is open read-only: rollouts cannot be stored.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: Rollouts können nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>Choose the model that draws the rollouts.</source>
        <translation>Bitte das Modell wählen, das die Rollouts zieht.</translation>
    </message>
    <message>
        <source>Looking at the folders…</source>
        <translation>Sieht die Ordner an…</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>At temperature 0 all rollouts are alike; choose a higher one.</source>
        <translation>Bei Temperatur 0 sind alle Rollouts gleich; bitte eine höhere wählen.</translation>
    </message>
    <message>
        <source>No trajectory is chosen.</source>
        <translation>Keine Trajektorie ist gewählt.</translation>
    </message>
    <message numerus="yes">
        <source>%n trajectories chosen; what is searched or drawn already is kept</source>
        <translation>
            <numerusform>%n Trajektorie gewählt; was schon durchsucht oder gezogen ist, bleibt</numerusform>
            <numerusform>%n Trajektorien gewählt; was schon durchsucht oder gezogen ist, bleibt</numerusform>
        </translation>
    </message>
    <message>
        <source>Estimating from a probe of the model…</source>
        <translation>Schätzt nach einer Probe des Modells…</translation>
    </message>
    <message>
        <source>Rollouts are stored as they come: stopping loses nothing</source>
        <translation>Rollouts werden laufend gespeichert: beim Anhalten geht nichts verloren</translation>
    </message>
    <message numerus="yes">
        <source>Search %n trajectories</source>
        <translation>
            <numerusform>%n Trajektorie durchsuchen</numerusform>
            <numerusform>%n Trajektorien durchsuchen</numerusform>
        </translation>
    </message>
    <message>
        <source>Search trajectory %1</source>
        <translation>Trajektorie %1 durchsuchen</translation>
    </message>
    <message>
        <source>Queueing…</source>
        <translation>Reiht ein…</translation>
    </message>
    <message>
        <source>The search was not queued.</source>
        <translation>Die Suche wurde nicht eingereiht.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Paper</source>
        <translation>Paper</translation>
    </message>
    <message>
        <source>The paper&apos;s rule, 64 rollouts, confirmed by 256 fresh ones</source>
        <translation>Die Regel des Papers, 64 Rollouts, bestätigt durch 256 frische</translation>
    </message>
    <message>
        <source>Authors&apos; code</source>
        <translation>Code der Autoren</translation>
    </message>
    <message>
        <source>Their scan with its fall-back, replacements from the full softmax</source>
        <translation>Ihr Durchgang mit seinem Rückfall, Ersetzungen aus der vollen Softmax</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>By halving, 24 rollouts: for a first look</source>
        <translation>Durch Halbieren, 24 Rollouts: für einen ersten Blick</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>As the last search was started</source>
        <translation>Wie die letzte Suche begonnen wurde</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Draws rollouts</source>
        <translation>Zieht Rollouts</translation>
    </message>
    <message>
        <source>empty: the bare model</source>
        <translation>leer: das bloße Modell</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>critical: the paper&apos;s rule</source>
        <translation>critical: die Regel des Papers</translation>
    </message>
    <message>
        <source>bisect: critical by halving</source>
        <translation>bisect: kritisch durch Halbieren</translation>
    </message>
    <message>
        <source>pivotal: changes of the chance, both ways</source>
        <translation>pivotal: Änderungen der Chance, in beide Richtungen</translation>
    </message>
    <message>
        <source>cliff: tested drops of the chance</source>
        <translation>cliff: getestete Abfälle der Chance</translation>
    </message>
    <message>
        <source>curve: shares only, no token</source>
        <translation>curve: nur Anteile, kein Token</translation>
    </message>
    <message>
        <source>paper: none where a later position recovers</source>
        <translation>Paper: keines, wo sich eine spätere Position erholt</translation>
    </message>
    <message>
        <source>authors: falls back on a candidate that was reset</source>
        <translation>Autoren: greift auf einen zurückgesetzten Kandidaten zurück</translation>
    </message>
    <message>
        <source>economical: exact reuse, early stopping</source>
        <translation>sparsam: genaue Wiederverwendung, früher Abbruch</translation>
    </message>
    <message>
        <source>exhaustive: every rollout of every position</source>
        <translation>erschöpfend: jeder Rollout jeder Position</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>both give the same verdicts</source>
        <translation>beide geben dieselben Urteile</translation>
    </message>
    <message>
        <source>Evenly spaced positions that get n rollouts beside what the verdict needs, for the curve</source>
        <translation>Gleichmäßig verteilte Positionen, die n Rollouts über das für das Urteil Nötige hinaus bekommen, für die Kurve</translation>
    </message>
    <message>
        <source>Fresh rollouts that took no part in the search; 0: none</source>
        <translation>Frische Rollouts, die an der Suche nicht beteiligt waren; 0: keine</translation>
    </message>
    <message>
        <source>Rollouts</source>
        <translation>Rollouts</translation>
    </message>
    <message>
        <source>look at every later position too</source>
        <translation>auch jede spätere Position ansehen</translation>
    </message>
    <message>
        <source>Low share</source>
        <translation>Niedriger Anteil</translation>
    </message>
    <message>
        <source>Least change</source>
        <translation>Kleinste Änderung</translation>
    </message>
    <message>
        <source>Least drop</source>
        <translation>Kleinster Abfall</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>ban the token found, draw n others, compare pass@k</source>
        <translation>das gefundene Token sperren, n andere ziehen, pass@k vergleichen</translation>
    </message>
    <message>
        <source>as rollouts are drawn</source>
        <translation>wie Rollouts gezogen werden</translation>
    </message>
    <message>
        <source>from the full softmax, as the authors do</source>
        <translation>aus der vollen Softmax, wie die Autoren</translation>
    </message>
    <message>
        <source>Without it</source>
        <translation>Ohne es</translation>
    </message>
    <message>
        <source>Replacements</source>
        <translation>Ersetzungen</translation>
    </message>
    <message>
        <source>Sampling</source>
        <translation>Sampling</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Texts that end a rollout, parted by “ | ”; \n is a line end</source>
        <translation>Texte, die einen Rollout beenden, getrennt durch „ | “; \n ist ein Zeilenende</translation>
    </message>
    <message>
        <source>temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Rollouts drawn</source>
        <translation>Gezogene Rollouts</translation>
    </message>
    <message>
        <source>Stop texts</source>
        <translation>Stopp-Texte</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>the shown one, trajectory %1</source>
        <translation>die gezeigte, Trajektorie %1</translation>
    </message>
    <message>
        <source>all that match a filter</source>
        <translation>alle, auf die ein Filter passt</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>all, or for example verdict=wrong</source>
        <translation>alle, oder zum Beispiel verdict=wrong</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>Höchstens</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Progress of the search</source>
        <translation>Fortschritt der Suche</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>least change</source>
        <translation>kleinste Änderung</translation>
    </message>
    <message>
        <source>least drop</source>
        <translation>kleinster Abfall</translation>
    </message>
    <message>
        <source>verify</source>
        <translation>prüfen</translation>
    </message>
    <message>
        <source>stop texts</source>
        <translation>Stopp-Texte</translation>
    </message>
    <message>
        <source>The prompt does not fit into the model&apos;s context.</source>
        <translation>Der Prompt passt nicht in den Kontext des Modells.</translation>
    </message>
    <message>
        <source>%1 fresh rollouts cannot confirm a share below %2 %: %3 without a right one are the fewest that do</source>
        <translation>%1 frische Rollouts können keinen Anteil unter %2 % bestätigen: Dafür braucht es mindestens %3, alle ohne richtige Antwort</translation>
    </message>
</context>
<context>
    <name>crux::ui::SearchService</name>
    <message>
        <source>No project is open.</source>
        <translation>Kein Projekt ist geöffnet.</translation>
    </message>
    <message>
        <source>No trajectory is open.</source>
        <translation>Keine Trajektorie ist geöffnet.</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Rollouts need a model; this project has none.</source>
        <translation>Rollouts brauchen ein Modell; dieses Projekt hat keines.</translation>
    </message>
    <message>
        <source>The question has no gold answer, so that no rollout can be judged.</source>
        <translation>Die Frage hat keine Gold-Antwort, daher lässt sich kein Rollout beurteilen.</translation>
    </message>
    <message>
        <source>The trajectory was not searched.</source>
        <translation>Die Trajektorie wurde nicht durchsucht.</translation>
    </message>
    <message>
        <source>This trajectory is being searched. Esc stops it.</source>
        <translation>Diese Trajektorie wird durchsucht. Esc hält an.</translation>
    </message>
    <message>
        <source>Search trajectory %1</source>
        <translation>Trajektorie %1 durchsuchen</translation>
    </message>
    <message>
        <source>Searching by rollouts. Esc stops and keeps what is drawn.</source>
        <translation>Sucht durch Rollouts. Esc hält an und behält, was gezogen ist.</translation>
    </message>
    <message>
        <source>No rollouts were drawn.</source>
        <translation>Es wurden keine Rollouts gezogen.</translation>
    </message>
    <message>
        <source>No candidate here: select tokens in the ribbon, or press R.</source>
        <translation>Hier ist kein Kandidat: Tokens im Band auswählen oder R drücken.</translation>
    </message>
    <message numerus="yes">
        <source>Rollouts at %n position(s)</source>
        <translation>
            <numerusform>Rollouts an %n Position</numerusform>
            <numerusform>Rollouts an %n Positionen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drawing rollouts at %n position(s). Esc stops.</source>
        <translation>
            <numerusform>Zieht Rollouts an %n Position. Esc hält an.</numerusform>
            <numerusform>Zieht Rollouts an %n Positionen. Esc hält an.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rollouts after a forced token</source>
        <translation>
            <numerusform>%n Rollout nach einem erzwungenen Token</numerusform>
            <numerusform>%n Rollouts nach einem erzwungenen Token</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drawing %n rollouts after the forced token.</source>
        <translation>
            <numerusform>Zieht %n Rollout nach dem erzwungenen Token.</numerusform>
            <numerusform>Zieht %n Rollouts nach dem erzwungenen Token.</numerusform>
        </translation>
    </message>
    <message>
        <source>The search was not queued.</source>
        <translation>Die Suche wurde nicht eingereiht.</translation>
    </message>
    <message>
        <source>The search goes on where it stopped.</source>
        <translation>Die Suche macht weiter, wo sie anhielt.</translation>
    </message>
    <message>
        <source>The search was not resumed.</source>
        <translation>Die Suche wurde nicht fortgesetzt.</translation>
    </message>
    <message>
        <source>The search was not stopped.</source>
        <translation>Die Suche wurde nicht angehalten.</translation>
    </message>
    <message>
        <source>The search stops; its rollouts stay. R goes on with it.</source>
        <translation>Die Suche hält an; ihre Rollouts bleiben. R setzt sie fort.</translation>
    </message>
    <message>
        <source>It is searched already with these settings; Ctrl+Shift+R offers others.</source>
        <translation>Sie ist mit diesen Einstellungen schon durchsucht; Strg+Umschalt+R bietet andere.</translation>
    </message>
    <message>
        <source>This trajectory is not tokenised yet. Searching it (R) does that.</source>
        <translation>Diese Trajektorie ist noch nicht tokenisiert. Die Suche (R) holt das nach.</translation>
    </message>
</context>
<context>
    <name>crux::ui::SelectDialog</name>
    <message>
        <source>Choose training data</source>
        <translation>Trainingsdaten wählen</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>Wählen</translation>
    </message>
    <message>
        <source>By how often a question&apos;s answers were given, as the paper chooses the data of its positive and negative models and of preference training.</source>
        <translation>Danach, wie oft die Antworten einer Frage gegeben wurden, wie das Paper die Daten seiner positiven und negativen Modelle und des Präferenztrainings wählt.</translation>
    </message>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>Dataset</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>all, or for example source=sampled</source>
        <translation>alle, oder zum Beispiel source=sampled</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>made from the dataset&apos;s name</source>
        <translation>nach dem Namen des Datensatzes</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Positive data</source>
        <translation>Positive Daten</translation>
    </message>
    <message>
        <source>so many of the most frequent right answers</source>
        <translation>so viele der häufigsten richtigen Antworten</translation>
    </message>
    <message>
        <source>Negative data</source>
        <translation>Negative Daten</translation>
    </message>
    <message>
        <source>the most frequent wrong answers that make up this share of all wrong ones</source>
        <translation>die häufigsten falschen Antworten, die diesen Anteil aller falschen ausmachen</translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation>Wiederholungen</translation>
    </message>
    <message>
        <source>a wrong answer after the first occurs so often</source>
        <translation>eine falsche Antwort nach der ersten kommt so oft vor</translation>
    </message>
    <message>
        <source>Preference pairs</source>
        <translation>Präferenzpaare</translation>
    </message>
    <message>
        <source>of the most frequent right and wrong answers</source>
        <translation>der häufigsten richtigen und falschen Antworten</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>Each answer</source>
        <translation>Jede Antwort</translation>
    </message>
    <message>
        <source>responses taken of each chosen answer</source>
        <translation>von jeder gewählten Antwort genommene Texte</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>all datasets</source>
        <translation>alle Datensätze</translation>
    </message>
    <message>
        <source>%1, %2 trajectories</source>
        <translation>%1, %2 Trajektorien</translation>
    </message>
    <message>
        <source>Paper: %1</source>
        <translation>Paper: %1</translation>
    </message>
    <message>
        <source>positive data</source>
        <translation>positive Daten</translation>
    </message>
    <message>
        <source>negative data</source>
        <translation>negative Daten</translation>
    </message>
    <message>
        <source>repeats</source>
        <translation>Wiederholungen</translation>
    </message>
    <message>
        <source>preference pairs</source>
        <translation>Präferenzpaare</translation>
    </message>
    <message>
        <source>each answer</source>
        <translation>jede Antwort</translation>
    </message>
    <message>
        <source>As in the paper.</source>
        <translation>Wie im Paper.</translation>
    </message>
    <message>
        <source>Differences from the paper: %1</source>
        <translation>Unterschiede zum Paper: %1</translation>
    </message>
    <message>
        <source>%1 trajectories of %2 questions</source>
        <translation>%1 Trajektorien zu %2 Fragen</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>The project is open read-only: nothing can be stored.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: nichts kann gespeichert werden.</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>No trajectory is chosen.</source>
        <translation>Keine Trajektorie ist gewählt.</translation>
    </message>
    <message>
        <source>The rules keep nothing.</source>
        <translation>Die Regeln behalten nichts.</translation>
    </message>
    <message>
        <source>choose training data</source>
        <translation>Trainingsdaten wählen</translation>
    </message>
    <message>
        <source>choose training data %1</source>
        <translation>Trainingsdaten wählen %1</translation>
    </message>
</context>
<context>
    <name>crux::ui::Session</name>
    <message>
        <source>The project %1 did not open.</source>
        <translation>Das Projekt %1 ließ sich nicht öffnen.</translation>
    </message>
    <message>
        <source>%1 is open for reading only.</source>
        <translation>%1 ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Nothing can be changed or computed in it.</source>
        <translation>Darin kann nichts geändert oder berechnet werden.</translation>
    </message>
    <message>
        <source>A change was not stored.</source>
        <translation>Eine Änderung wurde nicht gespeichert.</translation>
    </message>
    <message>
        <source>The trajectory did not open.</source>
        <translation>Die Trajektorie ließ sich nicht öffnen.</translation>
    </message>
    <message>
        <source>The branch did not open.</source>
        <translation>Der Zweig ließ sich nicht öffnen.</translation>
    </message>
    <message>
        <source>The job was not queued.</source>
        <translation>Der Auftrag wurde nicht eingereiht.</translation>
    </message>
    <message>
        <source>A change waits to be stored.</source>
        <translation>Eine Änderung wartet auf das Speichern.</translation>
    </message>
    <message>
        <source>It is tried again until it succeeds.</source>
        <translation>Es wird wiederholt, bis es gelingt.</translation>
    </message>
    <message>
        <source>The waiting change is stored.</source>
        <translation>Die wartende Änderung ist gespeichert.</translation>
    </message>
    <message>
        <source>The project could not be written for %1 s.</source>
        <translation>In das Projekt ließ sich %1 s lang nicht schreiben.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>crux::ui::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>light</source>
        <translation>hell</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>dunkel</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farbschema</translation>
    </message>
    <message>
        <source>Heat colours</source>
        <translation>Heatmap-Farben</translation>
    </message>
    <message>
        <source>kept with the project; the name is written into exports</source>
        <translation>beim Projekt gespeichert; der Name steht in Exporten</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>the system&apos;s</source>
        <translation>die des Systems</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>from the next start on</source>
        <translation>ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>find an action or a key</source>
        <translation>Aktion oder Taste finden</translation>
    </message>
    <message>
        <source>New keys of the chosen action</source>
        <translation>Neue Tasten der gewählten Aktion</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>All to default</source>
        <translation>Alle auf Vorgabe</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>Neue Tasten</translation>
    </message>
    <message>
        <source>%1 is taken by “%2”. Change that first.</source>
        <translation>%1 ist durch „%2“ belegt. Erst das ändern.</translation>
    </message>
    <message>
        <source>Running job</source>
        <translation>Laufender Auftrag</translation>
    </message>
    <message>
        <source>when the window is closed</source>
        <translation>wenn das Fenster geschlossen wird</translation>
    </message>
    <message>
        <source>Size of text</source>
        <translation>Textgröße</translation>
    </message>
    <message>
        <source>with rows and buttons, from the next start on</source>
        <translation>mit Zeilen und Knöpfen, vom nächsten Start an</translation>
    </message>
</context>
<context>
    <name>crux::ui::ShortcutsSheet</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>find an action or a key</source>
        <translation>Aktion oder Taste finden</translation>
    </message>
    <message>
        <source>Plain letters act while the heat map, a table or a tree has the focus. Keys are changed in Settings.</source>
        <translation>Einzelne Buchstaben wirken, solange Heatmap, Tabelle oder Baum den Fokus haben. Tasten ändert man in den Einstellungen.</translation>
    </message>
</context>
<context>
    <name>crux::ui::SpecForm</name>
    <message>
        <source>As in the preset.</source>
        <translation>Wie in der Vorgabe.</translation>
    </message>
    <message>
        <source>Differences from the preset: %1</source>
        <translation>Unterschiede zur Vorgabe: %1</translation>
    </message>
    <message>
        <source>Preset: %1</source>
        <translation>Vorgabe: %1</translation>
    </message>
    <message>
        <source>%1 %2 → %3</source>
        <translation>%1 %2 → %3</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <translation>%1. %2</translation>
    </message>
</context>
<context>
    <name>crux::ui::StartPage</name>
    <message>
        <source>No network port is opened. A project is one file.</source>
        <translation>Kein Netzwerk-Port wird geöffnet. Ein Projekt ist eine Datei.</translation>
    </message>
    <message>
        <source>Find the tokens that decide whether a reasoning trajectory ends right or wrong.</source>
        <translation>Findet die Tokens, die entscheiden, ob eine Trajektorie richtig oder falsch endet.</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen…</translation>
    </message>
    <message>
        <source>a .crux file</source>
        <translation>eine .crux-Datei</translation>
    </message>
    <message>
        <source>New project…</source>
        <translation>Neues Projekt…</translation>
    </message>
    <message>
        <source>choose a folder and a name</source>
        <translation>Ordner und Namen wählen</translation>
    </message>
    <message>
        <source>Import trajectories…</source>
        <translation>Trajektorien importieren…</translation>
    </message>
    <message>
        <source>JSONL or CSV into a new project, with a preview</source>
        <translation>JSONL oder CSV in ein neues Projekt, mit Vorschau</translation>
    </message>
    <message>
        <source>Open demo</source>
        <translation>Demo öffnen</translation>
    </message>
    <message>
        <source>stored scores and a small model, runs on a CPU</source>
        <translation>gespeicherte Scores und ein kleines Modell, läuft auf der CPU</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>Zuletzt benutzte Projekte</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>Aus der Liste entfernen</translation>
    </message>
    <message>
        <source>System check</source>
        <translation>Systemprüfung</translation>
    </message>
    <message>
        <source>No project was opened yet</source>
        <translation>Es wurde noch kein Projekt geöffnet</translation>
    </message>
    <message>
        <source>Projects you open or make are listed here, the newest first.</source>
        <translation>Projekte, die Sie öffnen oder anlegen, stehen hier, das neueste zuerst.</translation>
    </message>
</context>
<context>
    <name>crux::ui::StatusStrip</name>
    <message>
        <source>%1 Click for details.</source>
        <translation>%1 Klick zeigt Einzelheiten.</translation>
    </message>
    <message>
        <source>no project open</source>
        <translation>kein Projekt offen</translation>
    </message>
    <message>
        <source>%1 of %2 shown</source>
        <translation>%1 von %2 gezeigt</translation>
    </message>
    <message>
        <source>%1 marked</source>
        <translation>%1 markiert</translation>
    </message>
    <message>
        <source>no score set</source>
        <translation>kein Score-Satz</translation>
    </message>
    <message>
        <source>no model in memory</source>
        <translation>kein Modell im Speicher</translation>
    </message>
    <message>
        <source>worker is starting</source>
        <translation>Worker startet</translation>
    </message>
    <message>
        <source>worker is not running</source>
        <translation>Worker läuft nicht</translation>
    </message>
    <message>
        <source>%1 memory</source>
        <translation>%1 Speicher</translation>
    </message>
    <message>
        <source>%1 hidden</source>
        <translation>%1 verborgen</translation>
    </message>
    <message>
        <source>No dock is hidden</source>
        <translation>Kein Dock ist verborgen</translation>
    </message>
    <message>
        <source>Hidden: %1. Click to show them.</source>
        <translation>Verborgen: %1. Klick zeigt sie.</translation>
    </message>
    <message>
        <source>score set ‹%1›</source>
        <translation>Score-Satz ‹%1›</translation>
    </message>
</context>
<context>
    <name>crux::ui::StepRowModel</name>
    <message>
        <source>The values of its tokens are stored</source>
        <translation>Die Werte seiner Token sind gespeichert</translation>
    </message>
    <message>
        <source>The values of its tokens were not stored</source>
        <translation>Die Werte seiner Token wurden nicht gespeichert</translation>
    </message>
    <message>
        <source>Mean weight of the rejected tokens</source>
        <translation>Mittleres Gewicht der verworfenen Token</translation>
    </message>
    <message>
        <source>Mean weight of the tokens</source>
        <translation>Mittleres Gewicht der Token</translation>
    </message>
    <message>
        <source>Chosen and rejected</source>
        <translation>Bevorzugt und verworfen</translation>
    </message>
    <message>
        <source>Pair</source>
        <translation>Paar</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Loss</translation>
    </message>
    <message>
        <source>Margin</source>
        <translation>Margin</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
</context>
<context>
    <name>crux::ui::StudyDialog</name>
    <message>
        <source>The demo&apos;s study</source>
        <translation>Die Studie der Demo</translation>
    </message>
    <message>
        <source>The recipe of the demo makes the model and these figures again: resources/demo/recipe in the sources. `crux-cli demo study` prints this page.</source>
        <translation>Das Rezept der Demo stellt das Modell und diese Zahlen wieder her: resources/demo/recipe in den Quellen. `crux-cli demo study` gibt diese Seite aus.</translation>
    </message>
</context>
<context>
    <name>crux::ui::SystemCheck</name>
    <message>
        <source>Check again</source>
        <translation>Erneut prüfen</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message numerus="yes">
        <source>Qt %1, %n screen(s)</source>
        <translation>
            <numerusform>Qt %1, ein Bildschirm</numerusform>
            <numerusform>Qt %1, %n Bildschirme</numerusform>
        </translation>
    </message>
    <message>
        <source>, %1 dpi</source>
        <translation>, %1 dpi</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>LibTorch</source>
        <translation>LibTorch</translation>
    </message>
    <message>
        <source>asking crux-cli…</source>
        <translation>fragt crux-cli…</translation>
    </message>
    <message>
        <source>Worker</source>
        <translation>Worker</translation>
    </message>
    <message>
        <source>starts with the first model or job</source>
        <translation>startet mit dem ersten Modell oder Auftrag</translation>
    </message>
    <message>
        <source>crux-worker is not beside this program: nothing can be computed</source>
        <translation>crux-worker liegt nicht neben diesem Programm: nichts kann berechnet werden</translation>
    </message>
    <message>
        <source>crux-cli could not be started: the engine is not installed</source>
        <translation>crux-cli ließ sich nicht starten: die Rechenmaschine ist nicht installiert</translation>
    </message>
    <message>
        <source>crux-cli doctor failed</source>
        <translation>crux-cli doctor ist gescheitert</translation>
    </message>
    <message>
        <source>Crux system check</source>
        <translation>Crux-Systemprüfung</translation>
    </message>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>ein Kern</numerusform>
            <numerusform>%n Kerne</numerusform>
        </translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>not known on this system</source>
        <translation>auf diesem System nicht bekannt</translation>
    </message>
    <message>
        <source>%1, %2 free</source>
        <translation>%1, %2 frei</translation>
    </message>
    <message>
        <source>Graphics</source>
        <translation>Grafik</translation>
    </message>
    <message>
        <source>no NVIDIA driver: models run on the processor</source>
        <translation>kein NVIDIA-Treiber: Modelle laufen auf dem Prozessor</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>%1 cannot be read</source>
        <translation>%1 lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>%1 free in the project folder</source>
        <translation>%1 frei im Projektordner</translation>
    </message>
    <message>
        <source>, read-only</source>
        <translation>, schreibgeschützt</translation>
    </message>
    <message>
        <source>Tokenizers</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>sentencepiece and byte-level BPE</source>
        <translation>sentencepiece und Byte-BPE</translation>
    </message>
    <message>
        <source>the sentencepiece module is missing: LLaMA-2 tokenizers cannot be read</source>
        <translation>das sentencepiece-Modul fehlt: LLaMA-2-Tokenizer lassen sich nicht lesen</translation>
    </message>
    <message>
        <source>crux-cli doctor gave no readable answer</source>
        <translation>crux-cli doctor gab keine lesbare Antwort</translation>
    </message>
    <message>
        <source>%1, %2, %3 free, %4</source>
        <translation>%1, %2, %3 frei, %4</translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenCard</name>
    <message>
        <source>%1 nats</source>
        <translation>%1 nats</translation>
    </message>
    <message>
        <source>prompt %1</source>
        <translation>Prompt %1</translation>
    </message>
    <message>
        <source>No score set: this trajectory is not scored</source>
        <translation>Kein Score-Satz: diese Trajektorie ist nicht bewertet</translation>
    </message>
    <message>
        <source>s_t</source>
        <translation>s_t</translation>
    </message>
    <message>
        <source>p_pos</source>
        <translation>p_pos</translation>
    </message>
    <message>
        <source>p_neg</source>
        <translation>p_neg</translation>
    </message>
    <message>
        <source>rank pos</source>
        <translation>Rang pos</translation>
    </message>
    <message>
        <source>rank neg</source>
        <translation>Rang neg</translation>
    </message>
    <message>
        <source>rank policy</source>
        <translation>Rang Policy</translation>
    </message>
    <message>
        <source>entropy pos</source>
        <translation>Entropie pos</translation>
    </message>
    <message>
        <source>entropy neg</source>
        <translation>Entropie neg</translation>
    </message>
    <message>
        <source>log p_pos/p_neg</source>
        <translation>log p_pos/p_neg</translation>
    </message>
    <message>
        <source>prompt position</source>
        <translation>Prompt-Position</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>von %1</translation>
    </message>
    <message>
        <source>position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>id</source>
        <translation>id</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>%1 vocabulary entries</source>
        <translation>%1 Einträge im Vokabular</translation>
    </message>
    <message>
        <source>candidate</source>
        <translation>Kandidat</translation>
    </message>
    <message>
        <source>forced token</source>
        <translation>erzwungenes Token</translation>
    </message>
    <message>
        <source>planted slip</source>
        <translation>eingepflanzter Fehler</translation>
    </message>
    <message numerus="yes">
        <source>%n branch(es)</source>
        <translation>
            <numerusform>%n Zweig</numerusform>
            <numerusform>%n Zweige</numerusform>
        </translation>
    </message>
    <message>
        <source>Score set %1</source>
        <translation>Score-Satz %1</translation>
    </message>
    <message>
        <source>rollouts %1</source>
        <translation>Rollouts %1</translation>
    </message>
    <message>
        <source>rollouts %1 → %2</source>
        <translation>Rollouts %1 → %2</translation>
    </message>
    <message>
        <source>critical token</source>
        <translation>kritisches Token</translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenChip</name>
    <message>
        <source>Token %1</source>
        <translation>Token %1</translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenCompare</name>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>p</source>
        <translation>p</translation>
    </message>
    <message>
        <source>p_pos</source>
        <translation>p_pos</translation>
    </message>
    <message>
        <source>p_neg</source>
        <translation>p_neg</translation>
    </message>
    <message>
        <source>s_t</source>
        <translation>s_t</translation>
    </message>
    <message>
        <source>original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>forced</source>
        <translation>erzwungen</translation>
    </message>
    <message>
        <source>selected</source>
        <translation>gewählt</translation>
    </message>
    <message>
        <source>change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>Tauschen</translation>
    </message>
    <message>
        <source>Take the other token as the base of the difference</source>
        <translation>Das andere Token als Basis des Unterschieds nehmen</translation>
    </message>
    <message>
        <source>Back to the token&apos;s values</source>
        <translation>Zurück zu den Werten des Tokens</translation>
    </message>
    <message>
        <source>forced against original token</source>
        <translation>erzwungenes gegen ursprüngliches Token</translation>
    </message>
    <message>
        <source>selected against original token</source>
        <translation>gewähltes gegen ursprüngliches Token</translation>
    </message>
    <message>
        <source>original against forced token</source>
        <translation>ursprüngliches gegen erzwungenes Token</translation>
    </message>
    <message>
        <source>original against selected token</source>
        <translation>ursprüngliches gegen gewähltes Token</translation>
    </message>
    <message>
        <source>change: p %1, p_pos %2, p_neg %3, s_t %4</source>
        <translation>Änderung: p %1, p_pos %2, p_neg %3, s_t %4</translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenInspector</name>
    <message>
        <source>How many alternatives</source>
        <translation>Wie viele Alternativen</translation>
    </message>
    <message>
        <source>top %1</source>
        <translation>erste %1</translation>
    </message>
    <message>
        <source>More…</source>
        <translation>Mehr…</translation>
    </message>
    <message>
        <source>Alternatives</source>
        <translation>Alternativen</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Pick alternative %1</source>
        <translation>Alternative %1 wählen</translation>
    </message>
    <message>
        <source>Force token and continue</source>
        <translation>Token erzwingen und fortsetzen</translation>
    </message>
    <message>
        <source>Force token only</source>
        <translation>Token nur erzwingen</translation>
    </message>
    <message>
        <source>Force typed text</source>
        <translation>Getippten Text erzwingen</translation>
    </message>
    <message>
        <source>Stop generation</source>
        <translation>Erzeugung anhalten</translation>
    </message>
    <message>
        <source>No token is selected</source>
        <translation>Kein Token ist gewählt</translation>
    </message>
    <message>
        <source>Open a project to look at its tokens.</source>
        <translation>Ein Projekt öffnen, um seine Tokens anzusehen.</translation>
    </message>
    <message>
        <source>Choose a trajectory, then a token in its heat map.</source>
        <translation>Eine Trajektorie wählen, dann ein Token in ihrer Heatmap.</translation>
    </message>
    <message>
        <source>Click a token in the heat map, or press N for the next candidate.</source>
        <translation>Ein Token in der Heatmap anklicken oder mit N zum nächsten Kandidaten gehen.</translation>
    </message>
    <message>
        <source>Alternatives at %1</source>
        <translation>Alternativen bei %1</translation>
    </message>
    <message>
        <source>%1 from the model</source>
        <translation>%1 vom Modell</translation>
    </message>
    <message>
        <source>%1 stored</source>
        <translation>%1 gespeichert</translation>
    </message>
    <message>
        <source>No alternatives are stored here</source>
        <translation>Hier sind keine Alternativen gespeichert</translation>
    </message>
    <message>
        <source>They come with the scores, or now from a model in memory.</source>
        <translation>Sie kommen mit den Scores oder jetzt von einem Modell im Speicher.</translation>
    </message>
    <message>
        <source>Ask the model</source>
        <translation>Modell fragen</translation>
    </message>
    <message>
        <source>Position %1, step %2</source>
        <translation>Position %1, Schritt %2</translation>
    </message>
    <message>
        <source>No token is selected.</source>
        <translation>Kein Token ist gewählt.</translation>
    </message>
    <message>
        <source>The project is open read-only: a branch could not be stored.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: ein Zweig ließe sich nicht speichern.</translation>
    </message>
    <message>
        <source>This token belongs to the prompt. Move the cursor into the response to force another.</source>
        <translation>Dieses Token gehört zum Prompt. Zum Erzwingen den Cursor in die Antwort setzen.</translation>
    </message>
    <message>
        <source>The selected token is the original one. Choose another to force it.</source>
        <translation>Das gewählte Token ist das ursprüngliche. Zum Erzwingen ein anderes wählen.</translation>
    </message>
    <message>
        <source>No alternative is selected. Type a text, or ask the model.</source>
        <translation>Keine Alternative ist gewählt. Einen Text tippen oder das Modell fragen.</translation>
    </message>
    <message>
        <source>Up to 200 alternatives, computed by the model in memory</source>
        <translation>Bis zu 200 Alternativen, vom Modell im Speicher berechnet</translation>
    </message>
    <message>
        <source>asking the model…</source>
        <translation>fragt das Modell…</translation>
    </message>
    <message>
        <source>Rollouts after the token</source>
        <translation>Rollouts nach dem Token</translation>
    </message>
    <message>
        <source>Drawn as searches are: T %1, top-p %2; Ctrl+Shift+R changes them</source>
        <translation>Gezogen wie bei Suchen: T %1, top-p %2; Strg+Umschalt+R ändert das</translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenValuesModel</name>
    <message>
        <source>rank pos</source>
        <translation>Rang pos</translation>
    </message>
    <message>
        <source>rank neg</source>
        <translation>Rang neg</translation>
    </message>
    <message>
        <source>rank policy</source>
        <translation>Rang Policy</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>Marken</translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenView</name>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Tokens with their contrastive scores; arrow keys move by token</source>
        <translation>Tokens mit ihren kontrastiven Scores; Pfeiltasten gehen tokenweise</translation>
    </message>
</context>
<context>
    <name>crux::ui::TrainDialog</name>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>Training starten</translation>
    </message>
    <message>
        <source>Copy as command line</source>
        <translation>Als Befehlszeile kopieren</translation>
    </message>
    <message>
        <source>Queuing…</source>
        <translation>Wird eingereiht…</translation>
    </message>
    <message>
        <source>The training was not queued.</source>
        <translation>Das Training wurde nicht eingereiht.</translation>
    </message>
    <message>
        <source>Measuring, step %1 of %2…</source>
        <translation>Misst, Schritt %1 von %2…</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>Misst…</translation>
    </message>
    <message>
        <source>%1 steps, about %2 (%3 tokens/s), %4 trained parameters</source>
        <translation>%1 Schritte, etwa %2 (%3 Tokens/s), %4 trainierte Parameter</translation>
    </message>
    <message>
        <source>an unknown time</source>
        <translation>eine unbekannte Zeit</translation>
    </message>
    <message>
        <source>; memory about %1 of %2 free; disk %3 of %4 free</source>
        <translation>; Speicher etwa %1 von %2 frei; Platte %3 von %4 frei</translation>
    </message>
    <message>
        <source>This needs more memory than is free: take fewer rows at once, fewer tokens a pass, or compute activations again.</source>
        <translation>Das braucht mehr Speicher, als frei ist: weniger Zeilen zugleich nehmen, weniger Tokens je Durchlauf, oder Aktivierungen neu rechnen.</translation>
    </message>
    <message>
        <source>The checkpoints need more disk than is free: keep fewer of them, or choose another folder.</source>
        <translation>Die Checkpoints brauchen mehr Platz, als auf der Platte frei ist: weniger behalten oder einen anderen Ordner wählen.</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>Die Datei lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>The project has no such training data yet: choose them by the rules.</source>
        <translation>Das Projekt hat noch keine solchen Trainingsdaten: nach den Regeln wählen.</translation>
    </message>
    <message>
        <source>The data are empty.</source>
        <translation>Die Daten sind leer.</translation>
    </message>
    <message>
        <source>No row is left to train on.</source>
        <translation>Keine Zeile bleibt zum Trainieren.</translation>
    </message>
    <message>
        <source>cDPO weighs tokens by their scores, and none are computed: %1 trajectories of this data need them.</source>
        <translation>cDPO gewichtet Tokens mit ihren Scores, und es sind keine berechnet: %1 Trajektorien dieser Daten brauchen sie.</translation>
    </message>
    <message>
        <source>%1 trajectories of this data have no scores in the chosen set.</source>
        <translation>%1 Trajektorien dieser Daten haben im gewählten Satz keine Scores.</translation>
    </message>
    <message>
        <source>The file carries no weights for cDPO: it needs the column rejected_weights.</source>
        <translation>Die Datei enthält keine Gewichte für cDPO: sie braucht die Spalte rejected_weights.</translation>
    </message>
    <message>
        <source>The base model&apos;s files have changed since these scores were computed: score again.</source>
        <translation>Die Dateien des Basismodells haben sich geändert, seit diese Scores berechnet wurden: neu scoren.</translation>
    </message>
    <message>
        <source>The adapter to go on from was made for another base model.</source>
        <translation>Der Adapter, von dem es weitergeht, gehört zu einem anderen Basismodell.</translation>
    </message>
    <message>
        <source>Evaluation would take all %1 rows: lower “evaluation rows”.</source>
        <translation>Die Auswertung nähme alle %1 Zeilen: „Zeilen zur Auswertung“ senken.</translation>
    </message>
    <message>
        <source>The data are those of the other side: a positive model is trained on positive data.</source>
        <translation>Die Daten sind die der anderen Seite: ein positives Modell wird auf positiven Daten trainiert.</translation>
    </message>
    <message>
        <source>prompt of %1 tokens or more</source>
        <translation>Prompt mit %1 Tokens oder mehr</translation>
    </message>
    <message>
        <source>%1 tokens or more, or longer than the model&apos;s context</source>
        <translation>%1 Tokens oder mehr, oder länger als der Kontext des Modells</translation>
    </message>
    <message>
        <source>chosen and rejected answers are equal</source>
        <translation>gewählte und abgelehnte Antwort sind gleich</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>no prompt</source>
        <translation>kein Prompt</translation>
    </message>
    <message>
        <source>no rejected answer</source>
        <translation>keine abgelehnte Antwort</translation>
    </message>
    <message>
        <source>%1 trajectories of %2 questions</source>
        <translation>%1 Trajektorien zu %2 Fragen</translation>
    </message>
    <message>
        <source>%1 of %2 rows are kept, at most %3 tokens long</source>
        <translation>%1 von %2 Zeilen bleiben, höchstens %3 Tokens lang</translation>
    </message>
    <message>
        <source>%1 dropped: %2</source>
        <translation>%1 weggelassen: %2</translation>
    </message>
    <message>
        <source>%1 of them are for evaluation</source>
        <translation>%1 davon dienen der Auswertung</translation>
    </message>
    <message>
        <source>A learning rate above 0.01 makes most runs diverge</source>
        <translation>Eine Lernrate über 0,01 lässt die meisten Läufe divergieren</translation>
    </message>
    <message numerus="yes">
        <source>%n jobs, each begins when what it needs is done: %1</source>
        <translation>
            <numerusform>%n Auftrag, beginnt, wenn fertig ist, was er braucht: %1</numerusform>
            <numerusform>%n Aufträge, jeder beginnt, wenn fertig ist, was er braucht: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Job %1 trains or waits to: a device trains one run at a time, in the order of the queue</source>
        <translation>Auftrag %1 trainiert oder wartet darauf: ein Gerät trainiert einen Lauf nach dem anderen, in der Reihenfolge der Warteschlange</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Erst ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>The project is open read-only: nothing can be stored.</source>
        <translation>Das Projekt ist schreibgeschützt geöffnet: nichts kann gespeichert werden.</translation>
    </message>
    <message>
        <source>Choose the base model.</source>
        <translation>Das Basismodell wählen.</translation>
    </message>
    <message>
        <source>Looking at the folders…</source>
        <translation>Sieht die Ordner an…</translation>
    </message>
    <message>
        <source>Correct the marked field first.</source>
        <translation>Erst das markierte Feld berichtigen.</translation>
    </message>
    <message>
        <source>Choose the file to train on.</source>
        <translation>Die Datei zum Trainieren wählen.</translation>
    </message>
    <message>
        <source>The rules keep nothing to train on.</source>
        <translation>Die Regeln behalten nichts zum Trainieren.</translation>
    </message>
    <message>
        <source>The rules keep no data for the positive or the negative model.</source>
        <translation>Die Regeln behalten keine Daten für das positive oder das negative Modell.</translation>
    </message>
    <message>
        <source>&lt;a href=&quot;all&quot;&gt;reset all&lt;/a&gt;</source>
        <translation>&lt;a href=&quot;all&quot;&gt;alle zurücksetzen&lt;/a&gt;</translation>
    </message>
    <message>
        <source>As the preset says.</source>
        <translation>Wie die Vorgabe sagt.</translation>
    </message>
    <message>
        <source>Changed: %1</source>
        <translation>Geändert: %1</translation>
    </message>
    <message>
        <source>Rows can be shown once they are chosen; that is the first job.</source>
        <translation>Zeilen lassen sich zeigen, sobald sie gewählt sind; das ist der erste Auftrag.</translation>
    </message>
    <message>
        <source>Reading the rows…</source>
        <translation>Liest die Zeilen…</translation>
    </message>
    <message>
        <source>No row to show.</source>
        <translation>Keine Zeile zu zeigen.</translation>
    </message>
    <message>
        <source>Stop measuring</source>
        <translation>Messung abbrechen</translation>
    </message>
    <message>
        <source>Measure a few steps</source>
        <translation>Einige Schritte messen</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Methode</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Differences from the preset</source>
        <translation>Unterschiede zur Vorgabe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>Basismodell</translation>
    </message>
    <message>
        <source>Adapter to go on from</source>
        <translation>Adapter, von dem es weitergeht</translation>
    </message>
    <message>
        <source>Goes on from</source>
        <translation>Weiter von</translation>
    </message>
    <message>
        <source>empty: a fresh adapter</source>
        <translation>leer: ein neuer Adapter</translation>
    </message>
    <message>
        <source>made from the method</source>
        <translation>aus der Methode gebildet</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>of the run and of the adapter it makes</source>
        <translation>des Laufs und des Adapters, den er ergibt</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>all, or for example source=sampled</source>
        <translation>alle, oder zum Beispiel source=sampled</translation>
    </message>
    <message>
        <source>Chosen from</source>
        <translation>Gewählt aus</translation>
    </message>
    <message>
        <source>by answer frequency as in the paper; “Choose training data…” offers other rules</source>
        <translation>nach Häufigkeit der Antworten wie im Paper; „Trainingsdaten wählen…“ bietet andere Regeln</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>Trainingsdaten</translation>
    </message>
    <message>
        <source>JSON Lines (*.jsonl *.json);;All files (*)</source>
        <translation>JSON Lines (*.jsonl *.json);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>TRL&apos;s columns: prompt, completion or chosen and rejected</source>
        <translation>Spalten von TRL: prompt, completion oder chosen und rejected</translation>
    </message>
    <message>
        <source>Weights of the tokens</source>
        <translation>Gewichte der Tokens</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Positive model</source>
        <translation>Positives Modell</translation>
    </message>
    <message>
        <source>Negative model</source>
        <translation>Negatives Modell</translation>
    </message>
    <message>
        <source>Parameters of</source>
        <translation>Parameter von</translation>
    </message>
    <message>
        <source>Before the start</source>
        <translation>Vor dem Start</translation>
    </message>
    <message>
        <source>Compute the scores first</source>
        <translation>Erst die Scores berechnen</translation>
    </message>
    <message>
        <source>The worker runs a few steps of this run and stores nothing</source>
        <translation>Der Worker rechnet einige Schritte dieses Laufs und speichert nichts</translation>
    </message>
    <message>
        <source>positive</source>
        <translation>positiv</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negativ</translation>
    </message>
    <message>
        <source>pairs</source>
        <translation>Paare</translation>
    </message>
    <message>
        <source>%1: %2, %3 rows</source>
        <translation>%1: %2, %3 Zeilen</translation>
    </message>
    <message>
        <source>chosen by the paper&apos;s rules, before the run</source>
        <translation>nach den Regeln des Papers gewählt, vor dem Lauf</translation>
    </message>
    <message>
        <source>a file of TRL&apos;s JSON Lines</source>
        <translation>eine Datei mit JSON Lines von TRL</translation>
    </message>
    <message>
        <source>those of the file</source>
        <translation>die der Datei</translation>
    </message>
    <message>
        <source>scores “%1”</source>
        <translation>Scores „%1“</translation>
    </message>
    <message>
        <source>scores computed before the run</source>
        <translation>Scores, vor dem Lauf berechnet</translation>
    </message>
    <message>
        <source>trained first, SFT on the positive data</source>
        <translation>erst trainiert, SFT auf den positiven Daten</translation>
    </message>
    <message>
        <source>trained first, SFT on the negative data</source>
        <translation>erst trainiert, SFT auf den negativen Daten</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>diesem Lauf</translation>
    </message>
    <message>
        <source>the positive model&apos;s SFT</source>
        <translation>SFT des positiven Modells</translation>
    </message>
    <message>
        <source>the negative model&apos;s SFT</source>
        <translation>SFT des negativen Modells</translation>
    </message>
    <message numerus="yes">
        <source>%n question(s) left out when the data were chosen: %1</source>
        <translation>
            <numerusform>%n Frage blieb bei der Wahl der Daten weg: %1</numerusform>
            <numerusform>%n Fragen blieben bei der Wahl der Daten weg: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (&lt;a href=&quot;%2&quot;&gt;reset&lt;/a&gt;)</source>
        <translation>%1 (&lt;a href=&quot;%2&quot;&gt;zurücksetzen&lt;/a&gt;)</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>leer</translation>
    </message>
</context>
<context>
    <name>crux::ui::TrainingDataPane</name>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Previous example</source>
        <translation>Voriges Beispiel</translation>
    </message>
    <message>
        <source>Next example</source>
        <translation>Nächstes Beispiel</translation>
    </message>
    <message>
        <source>Tokens of the chosen answer</source>
        <translation>Tokens der gewählten Antwort</translation>
    </message>
    <message>
        <source>Tokens of the rejected answer</source>
        <translation>Tokens der abgelehnten Antwort</translation>
    </message>
    <message>
        <source>Colour: weight of a token in the loss, pale 0, strong 1. Tokens of the prompt carry no loss.</source>
        <translation>Farbe: Gewicht eines Tokens im Verlust, blass 0, kräftig 1. Tokens des Prompts tragen keinen Verlust.</translation>
    </message>
    <message>
        <source>Example %1 of %2: row %3</source>
        <translation>Beispiel %1 von %2: Zeile %3</translation>
    </message>
    <message>
        <source>trajectory %1</source>
        <translation>Trajektorie %1</translation>
    </message>
    <message>
        <source>line %1</source>
        <translation>Zeile %1</translation>
    </message>
    <message>
        <source>Chosen, %1</source>
        <translation>Gewählt, %1</translation>
    </message>
    <message>
        <source>Rejected, %1</source>
        <translation>Abgelehnt, %1</translation>
    </message>
    <message>
        <source>%1: %2 tokens with loss after %3 of the prompt</source>
        <translation>%1: %2 Tokens mit Verlust nach %3 des Prompts</translation>
    </message>
    <message>
        <source>; weights %1 to %2</source>
        <translation>; Gewichte %1 bis %2</translation>
    </message>
</context>
<context>
    <name>crux::ui::TrajectoriesDock</name>
    <message>
        <source>Trajectories</source>
        <translation>Trajektorien</translation>
    </message>
    <message>
        <source>The trajectories were not listed.</source>
        <translation>Die Trajektorien wurden nicht aufgelistet.</translation>
    </message>
    <message>
        <source>Save as slice</source>
        <translation>Als Ausschnitt speichern</translation>
    </message>
    <message>
        <source>Name of the slice</source>
        <translation>Name des Ausschnitts</translation>
    </message>
    <message>
        <source>No trajectory matches this filter</source>
        <translation>Keine Trajektorie passt zu diesem Filter</translation>
    </message>
    <message>
        <source>min_s needs scores, and none of the trajectories is scored yet.</source>
        <translation>min_s braucht Scores, und noch keine der Trajektorien ist bewertet.</translation>
    </message>
    <message>
        <source>%1 trajectories are in the project, none fits the filter.</source>
        <translation>%1 Trajektorien sind im Projekt, keine passt zum Filter.</translation>
    </message>
    <message>
        <source>Undo last filter</source>
        <translation>Letzten Filter zurücknehmen</translation>
    </message>
    <message>
        <source>No trajectories</source>
        <translation>Keine Trajektorien</translation>
    </message>
    <message>
        <source>A trajectory is one generated solution of a question. They come from files.</source>
        <translation>Eine Trajektorie ist eine erzeugte Lösung einer Frage. Sie kommen aus Dateien.</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren…</translation>
    </message>
    <message>
        <source>The project is open for reading only.</source>
        <translation>Das Projekt ist nur zum Lesen geöffnet.</translation>
    </message>
    <message>
        <source>Filter: %1</source>
        <translation>Filter: %1</translation>
    </message>
    <message>
        <source>Mark or unmark</source>
        <translation>Markieren oder Markierung entfernen</translation>
    </message>
    <message>
        <source>Agree with the verdict</source>
        <translation>Dem Urteil zustimmen</translation>
    </message>
    <message>
        <source>Reject the verdict</source>
        <translation>Das Urteil ablehnen</translation>
    </message>
    <message>
        <source>The error is elsewhere</source>
        <translation>Der Fehler ist anderswo</translation>
    </message>
    <message>
        <source>Go</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Next row</source>
        <translation>Nächste Zeile</translation>
    </message>
    <message>
        <source>Previous row</source>
        <translation>Vorige Zeile</translation>
    </message>
    <message>
        <source>Open the row</source>
        <translation>Zeile öffnen</translation>
    </message>
    <message>
        <source>Peek at the question</source>
        <translation>Kurz auf die Frage sehen</translation>
    </message>
    <message>
        <source>Mark or unmark the row</source>
        <translation>Zeile markieren oder Markierung entfernen</translation>
    </message>
    <message>
        <source>Label menu</source>
        <translation>Label-Menü</translation>
    </message>
    <message>
        <source>Type to filter</source>
        <translation>Tippen zum Filtern</translation>
    </message>
    <message>
        <source>filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>A trajectory is one generated solution. A model can answer the project&apos;s %1 questions, or they come from files.</source>
        <translation>Eine Trajektorie ist eine erzeugte Lösung. Ein Modell kann die %1 Fragen des Projekts beantworten, oder sie kommen aus Dateien.</translation>
    </message>
    <message>
        <source>Sample answers…</source>
        <translation>Antworten ziehen…</translation>
    </message>
    <message>
        <source>Filter by the value of this cell</source>
        <translation>Nach dem Wert dieser Zelle filtern</translation>
    </message>
    <message>
        <source>Train on the filtered trajectories…</source>
        <translation>Auf den gefilterten Trajektorien trainieren…</translation>
    </message>
</context>
<context>
    <name>crux::ui::TrajectoryTableModel</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>%1 (%2 %)</source>
        <translation>%1 (%2 %)</translation>
    </message>
    <message>
        <source>marked</source>
        <translation>markiert</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht bewertet</translation>
    </message>
    <message>
        <source>lowest %1</source>
        <translation>niedrigster %1</translation>
    </message>
    <message>
        <source>Not searched by rollouts yet (R)</source>
        <translation>Noch nicht durch Rollouts durchsucht (R)</translation>
    </message>
    <message>
        <source>The search found no critical token</source>
        <translation>Die Suche fand kein kritisches Token</translation>
    </message>
    <message>
        <source>%1, not confirmed by fresh rollouts</source>
        <translation>%1, durch frische Rollouts nicht bestätigt</translation>
    </message>
    <message>
        <source>%1, critical token</source>
        <translation>%1, kritisches Token</translation>
    </message>
    <message>
        <source>%1, critical token, confirmed by fresh rollouts</source>
        <translation>%1, kritisches Token, durch frische Rollouts bestätigt</translation>
    </message>
</context>
<context>
    <name>crux::ui::ValuesDialog</name>
    <message>
        <source>Values of %1</source>
        <translation>Werte von %1</translation>
    </message>
    <message>
        <source>Values of every token</source>
        <translation>Werte jedes Tokens</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>Tabelle kopieren</translation>
    </message>
    <message>
        <source>Choosing a row moves the cursor; a column head sorts.</source>
        <translation>Eine gewählte Zeile bewegt den Cursor; ein Spaltenkopf sortiert.</translation>
    </message>
</context>
<context>
    <name>crux::ui::WeightHistogram</name>
    <message>
        <source>Token weights 1 − s_t, %1</source>
        <translation>Token-Gewichte 1 − s_t, %1</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 Token</translation>
    </message>
    <message>
        <source>weight 1 − s_t</source>
        <translation>Gewicht 1 − s_t</translation>
    </message>
    <message>
        <source>%1 to %2: %3 tokens</source>
        <translation>%1 bis %2: %3 Token</translation>
    </message>
</context>
<context>
    <name>crux::ui::WorkerClient</name>
    <message>
        <source>The worker speaks protocol %1, this window %2.</source>
        <translation>Der Worker spricht Protokoll %1, dieses Fenster %2.</translation>
    </message>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n Thread</numerusform>
            <numerusform>%n Threads</numerusform>
        </translation>
    </message>
    <message>
        <source>Unreadable line from the worker: %1</source>
        <translation>Unlesbare Zeile vom Worker: %1</translation>
    </message>
    <message>
        <source>The worker wrote a line of over %1 MB; it was ended.</source>
        <translation>Der Worker schrieb eine Zeile von über %1 MB; er wurde beendet.</translation>
    </message>
    <message>
        <source>%1 could not be started: %2.</source>
        <translation>%1 ließ sich nicht starten: %2.</translation>
    </message>
    <message>
        <source>%1 did not answer for %2 s and was ended.</source>
        <translation>%1 antwortete %2 s lang nicht und wurde beendet.</translation>
    </message>
    <message>
        <source>%1 belongs to another version of Crux. Install both from one package.</source>
        <translation>%1 gehört zu einer anderen Version von Crux. Bitte beide aus einem Paket installieren.</translation>
    </message>
    <message>
        <source>%1 was ended by signal %2.</source>
        <translation>%1 wurde durch Signal %2 beendet.</translation>
    </message>
    <message>
        <source>%1 ended with exit code %2.</source>
        <translation>%1 endete mit Rückgabewert %2.</translation>
    </message>
</context>
</TS>
