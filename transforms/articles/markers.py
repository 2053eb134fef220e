"""Words and names by which walls are known: consent, challenge, paywall, live.

Each phrase is one that the operator of a wall says to a reader, not one that an article says of
walls. They are matched in folded visible text (lower case, single spaces).
"""

import re
from collections.abc import Iterable

from transforms.articles.words import words


def _phrases(text: str) -> re.Pattern[str]:
    lines = (line.strip() for line in text.strip().splitlines())
    return re.compile("|".join(re.escape(line) for line in lines if line))


CHALLENGE_TITLES = re.compile(
    r"\A(?:just a moment|attention required|access denied|access to this page has been denied"
    r"|security check|checking your browser|please wait|one moment,? please|pardon our interruption"
    r"|are you (?:a )?(?:robot|human)|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|human verification"
    r"|bot verification|ddos-guard|you have been blocked|captcha|robot check|un momento"
    r"|un instant|nur einen moment|einen moment|проверка браузера|вы не робот|请稍候|安全验证)",
)
CHALLENGES = _phrases(
    """
    checking your browser
    checking if the site connection is secure
    verify you are human
    verify that you are human
    verifying you are human
    verify you are not a robot
    confirm you are human
    are you a robot
    you are not a robot
    you're not a robot
    i'm not a robot
    prove you are human
    enable javascript and cookies to continue
    please enable cookies
    unusual traffic from your
    unusual activity from your
    automated access to this
    complete the security check
    complete the captcha
    solve the captcha
    needs to review the security of your connection
    performing security verification
    ddos protection by
    request unsuccessful. incapsula
    press & hold to confirm
    dass sie ein mensch sind
    dass sie kein roboter
    ich bin kein roboter
    ihr browser wird überprüft
    vérifiez que vous êtes humain
    vérifier que vous êtes humain
    je ne suis pas un robot
    confirmez que vous n'êtes pas un robot
    verifica di essere umano
    non sono un robot
    verifica que eres humano
    verifique que es un ser humano
    no soy un robot
    comprobando su navegador
    verificar se você é humano
    não sou um robô
    controleren of u een mens bent
    ik ben geen robot
    potwierdź, że jesteś człowiekiem
    nie jestem robotem
    подтвердите, что вы не робот
    подтвердите, что вы человек
    проверка вашего браузера
    я не робот
    robot olmadığınızı
    请完成安全验证
    请验证您是真人
    私はロボットではありません
    あなたが人間であることを確認
    로봇이 아닙니다
    أنا لست روبوت
    """
)
# Names in the source that only the interstitial page of a bot wall has.
CHALLENGE_SOURCE = re.compile(
    r"cf-chl-|_cf_chl_opt|challenge-error-text|id=\"challenge-(?:form|running|stage)"
    r"|captcha-delivery\.com|px-captcha|_Incapsula_Resource|ddos-guard/js-challenge"
    r"|sec-if-cpt-container|awswaf\.com|AwsWafIntegration|geetest_",
)

CONSENTS = _phrases(
    """
    we value your privacy
    we care about your privacy
    your privacy is important to us
    your privacy matters
    before you continue
    we and our partners
    our partners store
    we use cookies
    uses cookies
    use of cookies
    store and/or access information on a device
    consent to the processing
    manage your choices
    manage your preferences
    cookie settings
    cookie preferences
    cookie policy
    withdraw your consent
    legitimate interest
    personalised ads
    personalized ads
    personalised advertising
    ihre privatsphäre
    wir benötigen ihre zustimmung
    wir brauchen ihre zustimmung
    ihre einwilligung
    ihre zustimmung
    wir und unsere partner
    unsere partner
    wir verwenden cookies
    wir nutzen cookies
    nutzung mit werbung
    mit werbung weiterlesen
    mit werbung und cookies
    werbung und tracking
    personalisierte werbung
    informationen auf einem gerät
    cookie-einstellungen
    berechtigtes interesse
    votre vie privée
    nos partenaires
    nous utilisons des cookies
    utilisation de cookies
    dépôt de cookies
    votre consentement
    paramétrer les cookies
    continuer sans accepter
    publicité personnalisée
    la tua privacy
    i nostri partner
    utilizziamo i cookie
    utilizziamo cookie
    l'uso dei cookie
    il tuo consenso
    continua senza accettare
    pubblicità personalizzata
    tu privacidad
    su privacidad
    nuestros socios
    utilizamos cookies
    usamos cookies
    uso de cookies
    tu consentimiento
    su consentimiento
    publicidad personalizada
    configurar cookies
    sua privacidade
    os nossos parceiros
    nossos parceiros
    consentimento
    jouw privacy
    uw privacy
    onze partners
    wij gebruiken cookies
    we gebruiken cookies
    gebruik van cookies
    uw toestemming
    jouw toestemming
    cookies accepteren
    twoją prywatność
    twoja prywatność
    nasi partnerzy
    zaufani partnerzy
    używamy plików cookie
    plików cookies
    wyrażam zgodę
    vi använder cookies
    din integritet
    vi bruker informasjonskapsler
    ditt personvern
    vi bruger cookies
    dit privatliv
    käytämme evästeitä
    vašeho soukromí
    souhlas se zpracováním
    používáme cookies
    vaše soukromí
    az ön adatainak védelme
    sütiket használ
    confidențialitatea
    folosim cookie
    το απόρρητό σας
    χρησιμοποιούμε cookies
    мы используем файлы cookie
    использует файлы cookie
    ваша конфиденциальность
    gizliliğinize
    çerez kullan
    çerezleri kullan
    نستخدم ملفات تعريف الارتباط
    خصوصيتك
    クッキーを使用
    cookieを使用
    プライバシーを尊重
    使用 cookie
    使用cookie
    쿠키를 사용
    """
)
CONSENT_ACTIONS = re.compile(
    r"\b(?:accept|agree|i agree|accept all|allow all|reject all|manage options|manage choices"
    r"|zustimmen|alle akzeptieren|akzeptieren|einverstanden|alle annehmen"
    r"|accepter|tout accepter|j'accepte|accetta|accetto|aceptar|acepto|aceitar|concordo"
    r"|accepteren|akkoord|akceptuję|zgadzam się|przejdź do serwisu|godkänn|acceptera|godta"
    r"|accepter alle|hyväksy|souhlasím|přijmout|elfogadom|accept toate|αποδοχή|принять"
    r"|согласен|kabul et)\b|同意|承認|동의|موافق|אישור",
)
CONSENT_HOSTS = words(
    "consent consents cmp privacy cookie cookies cookiewall myprivacy gdpr zustimmung"
)
CONSENT_PATH = re.compile(
    r"/(?:consent|cookie-?wall|privacy-?(?:gate|wall)|zustimmung|cookie-?consent)\b"
)

PAYWALLS = _phrases(
    """
    subscribe to continue
    subscribe to read
    subscribe now to read
    subscribe to unlock
    to continue reading
    to keep reading
    to read the full
    continue reading with
    already a subscriber
    already a member? log in
    this article is for subscribers
    for subscribers only
    subscribers only
    subscriber-only
    exclusive to subscribers
    this content is reserved
    sign in to read
    log in to read
    unlock this article
    jetzt weiterlesen
    weiterlesen mit
    um weiterzulesen
    zum weiterlesen
    artikel freischalten
    jetzt freischalten
    bereits abonnent
    sie sind bereits abonnent
    mit einem abo lesen
    nur für abonnenten
    dieser artikel ist exklusiv
    exklusiv für abonnenten
    réservé aux abonnés
    article réservé
    déjà abonné
    pour lire la suite
    la suite de cet article
    il vous reste
    abonnez-vous pour
    riservato agli abbonati
    contenuto riservato
    abbonati per continuare
    per continuare a leggere
    sei già abbonato
    suscríbete para
    exclusivo para suscriptores
    contenido exclusivo
    para seguir leyendo
    ya eres suscriptor
    para continuar leyendo
    exclusivo para assinantes
    para continuar lendo
    já é assinante
    apenas para assinantes
    alleen voor abonnees
    lees verder met
    al abonnee
    om verder te lezen
    dostęp dla prenumeratorów
    tylko dla prenumeratorów
    aby czytać dalej
    czytaj dalej z
    for abonnenter
    for at læse videre
    for å lese
    läs vidare
    för att läsa
    redan prenumerant
    vain tilaajille
    jo tilaaja
    pouze pro předplatitele
    csak előfizetőknek
    доступно по подписке
    только для подписчиков
    оформите подписку
    sadece aboneler
    للمشتركين فقط
    有料会員限定
    会員限定記事
    残り
    続きを読むには
    订阅后
    仅限订阅
    付费阅读
    구독자 전용
    유료 회원
    """
)
PAYWALL_NAMES = re.compile(
    r"(?:^|[\s_-])(?:pay-?wall|reg-?wall|subscription-?wall|subscribe-?wall|offer-?wall|premium-?wall"
    r"|paid-?(?:content|barrier)|subscriber-only|article-barrier|piano-(?:offer|template|inline)"
    r"|locked-content|abo-?(?:box|wall|layer))",
    re.I,
)
LOCKED_TIERS = frozenset(["locked", "paid", "premium", "subscriber", "subscribers"])

LIVE_ADDRESS = re.compile(
    r"(?:^|[/_-])(?:live-?(?:blog|ticker|updates?|stream|feed)|newsticker|en-?direct|in-?diretta"
    r"|diretta-live|en-?vivo|ao-?vivo)(?:[/_.-]|$)",
    re.I,
)
LIVE_NAMES = re.compile(r"live-?(?:blog|ticker|update|post|entry)", re.I)


def count(pattern: re.Pattern[str], texts: Iterable[str]) -> int:
    """How many of the texts the pattern is found in."""
    return sum(1 for text in texts if pattern.search(text))
